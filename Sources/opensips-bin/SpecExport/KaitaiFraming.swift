/// The part of the Kaitai Struct file that does not depend on the declarations of messages: packets, trailers, values.
enum KaitaiFraming {
    /// Everything before the types.
    static let beginning = """
        # Written by 'opensips-bin spec export' from the declarations; do not edit.
        meta:
          id: opensips_bin
          title: BIN, the replication protocol of OpenSIPS
          application: OpenSIPS
          license: Apache-2.0
          ks-version: 0.9
          endian: le
        doc: |
          BIN carries contacts, dialogs, counters and states between OpenSIPS servers of series 2.1 to 4.0 and the
          development branch. Described here are the framing of all releases and the bodies of contacts, dialog profile
          counters and rate-limit pipes in all their layouts; every other body is bytes.

          Where to start:

          * opensips_bin: what one side of a TCP connection sent, 2.3 and later.
          * packet_v2_3: one packet of it.
          * packet_v2_2: one packet of 2.2. A sender of 2.2 may leave four zero bytes between two packets: skip them, and
            take a last string that is missing as empty (Spec/framing.md#FR-13).
          * datagram_v2_1: one UDP datagram of 2.1.
          * contact_insert and the like: a body, with the layout of the sender's release as parameter.

          Nothing in a packet says which of these it is, or which release sent it, and a version in the header may stand for
          several layouts. So the layout is a parameter of the types of bodies. Every packet has its `body` as bytes; its
          `message` is that body taken apart where capability, type and version leave only layouts that look the same, and
          the same bytes everywhere else. There, take the layout from the release of the sender (see the enums of the
          layouts) and hand `body` to the type yourself.

          All numbers are in the byte order of the sender's processor, which is little-endian wherever BIN was seen.
        doc-ref: Spec/README.md
        seq:
          - id: packets
            type: packet_v2_3
            repeat: eos
        """

    /// Packets of 2.3 and later, up to the instances of their content.
    static func packet2_3(withoutTrailer capabilities: [String]) -> String {
        let condition = capabilities.map { "capability != \"\($0)\"" }.joined(separator: " and ")
        return """
            packet_v2_3:
              doc: A packet of 2.3 and later.
              doc-ref: Spec/framing.md#header-of-23-and-later
              seq:
                - id: magic
                  contents: P4CK
                - id: length
                  type: u4
                  valid:
                    min: 17
                  doc: bytes of the packet, header and trailer included
                - id: content
                  size: length - 8
                  type: content_v2_3
            routing_trailer:
              doc: Which node made the packet and which it is for.
              doc-ref: Spec/framing.md#routing-trailer
              seq:
                - id: cluster_id
                  type: s4
                - id: source_node_id
                  type: s4
                - id: destination_node_id
                  type: s4
            bridge_trailer:
              doc: Which node made the packet and which cluster it is for; 4.0 and later.
              doc-ref: Spec/framing.md#bridge-trailer
              seq:
                - id: source_cluster_id
                  type: s4
                - id: destination_cluster_id
                  type: s4
                - id: source_node_id
                  type: s4
                - id: marker
                  type: u4
                  valid: 0xc0000000
                  doc: tells the form from the routing trailer
            content_v2_3:
              doc: What follows the length.
              doc-ref: Spec/framing.md#header-of-23-and-later
              seq:
                - id: version
                  type: s2
                  doc: of the capability's format; in a sync packet of the sync format
                - id: len_capability
                  type: u2
                - id: capability
                  type: str
                  size: len_capability
                  encoding: ASCII
                  doc: name of the capability, in 2.3 of the module
                - id: packet_type
                  type: s4
                  doc: defined by the capability
                - id: body
                  size: len_body
                  doc: the fields, in the layout of the sender's release
                - id: routing
                  type: routing_trailer
                  if: len_trailer == 12
                - id: bridge
                  type: bridge_trailer
                  if: len_trailer == 16
              instances:
                has_trailer:
                  value: \(condition)
                last_number:
                  pos: _io.size - 4
                  type: u4
                len_trailer:
                  value: 'not has_trailer ? 0 : (last_number == 0xc0000000 ? 16 : 12)'
                len_body:
                  value: _io.size - 8 - len_capability - len_trailer
            """
    }

    /// Packets of 2.2.
    static let packet2_2 = """
        packet_v2_2:
          doc: A packet of 2.2.
          doc-ref: Spec/framing.md#header-of-22
          seq:
            - id: magic
              contents: P4CK
            - id: length
              type: u2
              valid:
                min: 21
              doc: bytes of the packet, header included
            - id: undefined
              size: 2
            - id: content
              size: length - 8
              type: content_v2_2
        content_v2_2:
          doc: What follows the length. The first field of every body is the node id of the sender.
          doc-ref: Spec/framing.md#header-of-22
          seq:
            - id: version
              type: s2
            - id: undefined
              size: 2
            - id: len_capability
              type: u4
            - id: capability
              type: str
              size: len_capability
              encoding: ASCII
              doc: name of the module
            - id: packet_type
              type: s4
              doc: defined by the module
            - id: body
              size-eos: true
              doc: the fields, in the layout of the sender's release
          instances:
        """

    /// Datagrams of 2.1.
    static let datagram2_1 = """
        datagram_v2_1:
          doc: A UDP datagram of 2.1.
          doc-ref: Spec/framing.md#header-of-21
          seq:
            - id: magic
              contents: P4CK
            - id: checksum
              type: u4
              doc: CRC-32/JAMCRC of everything behind it; not verified here
              doc-ref: Spec/framing.md#FR-8
            - id: len_capability
              type: u4
            - id: capability
              type: str
              size: len_capability
              encoding: ASCII
              doc: name of the module
            - id: packet_type
              type: s4
              doc: defined by the module
            - id: body
              size-eos: true
              doc: the fields, in the layout of the sender's release
          instances:
        """

    /// Strings, and numbers inside of strings.
    static let values = """
        text:
          doc: A length-prefixed string. It has no character set; servers write UTF-8 or less.
          doc-ref: Spec/framing.md#primitive-values
          params:
            - id: len_size
              type: u1
              doc: bytes of the length, 4 up to 2.2 and 2 since
          seq:
            - id: len_short
              type: u2
              if: len_size == 2
            - id: len_long
              type: u4
              if: len_size == 4
            - id: value
              size: len_value
          instances:
            len_value:
              value: 'len_size == 2 ? len_short : len_long'
            utf8:
              value: value.to_s("UTF-8")
        number_64:
          doc: A string of 8 bytes, the memory image of a number.
          doc-ref: Spec/framing.md#values-inside-strings
          params:
            - id: len_size
              type: u1
          seq:
            - id: len_short
              type: u2
              if: len_size == 2
              valid: 8
            - id: len_long
              type: u4
              if: len_size == 4
              valid: 8
            - id: value
              type: u8
        number_32:
          doc: A string of 4 bytes, the memory image of a number.
          doc-ref: Spec/framing.md#values-inside-strings
          params:
            - id: len_size
              type: u1
          seq:
            - id: len_short
              type: u2
              if: len_size == 2
              valid: 4
            - id: len_long
              type: u4
              if: len_size == 4
              valid: 4
            - id: value
              type: s4
        """
}
