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
types:
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
        value: capability != "clusterer" and capability != "clusterer-internal"
      last_number:
        pos: _io.size - 4
        type: u4
      len_trailer:
        value: 'not has_trailer ? 0 : (last_number == 0xc0000000 ? 16 : 12)'
      len_body:
        value: _io.size - 8 - len_capability - len_trailer
      header_key:
        value: capability + "/" + packet_type.to_s + "/" + version.to_s
      message:
        pos: len_capability + 8
        size: len_body
        type:
          switch-on: header_key
          cases:
            '"ul/1/1"': aor_insert(contact_layout::u_c)
            '"usrloc-contact-repl/1/1"': aor_insert(contact_layout::u_h)
            '"usrloc-contact-repl/1/2"': aor_insert(contact_layout::u_i)
            '"usrloc-contact-repl/1/3"': aor_insert(contact_layout::u_j)
            '"usrloc-contact-repl/1/5"': aor_insert(contact_layout::u_k)
            '"ul/2/1"': aor_delete(contact_layout::u_c)
            '"usrloc-contact-repl/2/1"': aor_delete(contact_layout::u_h)
            '"usrloc-contact-repl/2/2"': aor_delete(contact_layout::u_i)
            '"usrloc-contact-repl/2/3"': aor_delete(contact_layout::u_j)
            '"usrloc-contact-repl/2/5"': aor_delete(contact_layout::u_k)
            '"ul/3/1"': contact_insert(contact_layout::u_c)
            '"usrloc-contact-repl/3/3"': contact_insert(contact_layout::u_j)
            '"usrloc-contact-repl/3/5"': contact_insert(contact_layout::u_k)
            '"ul/4/1"': contact_update(contact_layout::u_c)
            '"usrloc-contact-repl/4/2"': contact_update(contact_layout::u_i)
            '"usrloc-contact-repl/4/3"': contact_update(contact_layout::u_j)
            '"usrloc-contact-repl/4/5"': contact_update(contact_layout::u_k)
            '"ul/5/1"': contact_delete(contact_layout::u_c)
            '"usrloc-contact-repl/5/1"': contact_delete(contact_layout::u_h)
            '"usrloc-contact-repl/5/2"': contact_delete(contact_layout::u_i)
            '"usrloc-contact-repl/5/3"': contact_delete(contact_layout::u_j)
            '"usrloc-contact-repl/5/5"': contact_delete(contact_layout::u_k)
            '"dialog/4/1"': profile_counters(profile_layout::d_e)
            '"dialog-prof-repl/4/1"': profile_counters(profile_layout::d_g)
            '"dialog-prof-repl/4/2"': profile_counters(profile_layout::d_i)
            '"dialog-prof-repl/4/3"': profile_counters(profile_layout::d_j)
            '"dialog-prof-repl/4/4"': profile_counters(profile_layout::d_l)
            '"dialog-prof-repl/4/5"': profile_counters(profile_layout::d_m)
            '"ratelimit/0/1"': pipe_counters(pipe_layout::r_b)
            '"ratelimit-pipe-repl/10/1"': aggregate_edge(pipe_layout::r_c)
            '"ratelimit-pipe-repl/11/1"': aggregate_core(pipe_layout::r_c)
        doc: the fields; bytes where the header does not tell the layout
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
      header_key:
        value: capability + "/" + packet_type.to_s + "/" + version.to_s
      message:
        pos: len_capability + 12
        size-eos: true
        type:
          switch-on: header_key
          cases:
            '"ul/1/1"': aor_insert(contact_layout::u_b)
            '"ul/2/1"': aor_delete(contact_layout::u_b)
            '"ul/3/1"': contact_insert(contact_layout::u_b)
            '"ul/4/1"': contact_update(contact_layout::u_b)
            '"ul/5/1"': contact_delete(contact_layout::u_b)
            '"dialog/4/1"': profile_counters(profile_layout::d_c)
            '"ratelimit/0/1"': pipe_counters(pipe_layout::r_a)
        doc: the fields; bytes where the header does not tell the layout
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
      header_key:
        value: capability + "/" + packet_type.to_s
      message:
        pos: len_capability + 16
        size-eos: true
        type:
          switch-on: header_key
          cases:
            '"ul/1"': aor_insert(contact_layout::u_a)
            '"ul/2"': aor_delete(contact_layout::u_a)
            '"ul/3"': contact_insert(contact_layout::u_a)
            '"ul/4"': contact_update(contact_layout::u_a)
            '"ul/5"': contact_delete(contact_layout::u_a)
        doc: the fields; bytes where the header does not tell the layout
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
  aor_insert:
    doc: An address of record came into being.
    doc-ref: Spec/usrloc.md#type-1-aor-insert
    params:
      - id: layout
        type: u1
        enum: contact_layout
    seq:
      - id: server_id
        -orig-id: serverId
        type: s4
        if: layout == contact_layout::u_b
        doc: node id of the sender
      - id: domain
        -orig-id: domain
        type: text(len_size)
        doc: name of the table of contacts
      - id: aor
        -orig-id: aor
        type: text(len_size)
        doc: address of record
      - id: label
        -orig-id: label
        type: s4
        if: layout == contact_layout::u_g or layout == contact_layout::u_i or layout == contact_layout::u_j or layout == contact_layout::u_k
        doc: number of the record in its hash slot
      - id: next_clabel
        -orig-id: nextClabel
        type: s4
        if: layout == contact_layout::u_g or layout == contact_layout::u_i or layout == contact_layout::u_j or layout == contact_layout::u_k
        doc: number of the next contact, 0 to 16383
      - id: kv
        -orig-id: kv
        type: text(len_size)
        if: layout == contact_layout::u_k
        doc: key/values of the record
    instances:
      len_size:
        doc: bytes of the length of a string
        value: '(layout != contact_layout::u_a and layout != contact_layout::u_b) ? 2 : 4'
  aor_delete:
    doc: An address of record and all its contacts went away.
    doc-ref: Spec/usrloc.md#type-2-aor-delete
    params:
      - id: layout
        type: u1
        enum: contact_layout
    seq:
      - id: server_id
        -orig-id: serverId
        type: s4
        if: layout == contact_layout::u_b
        doc: node id of the sender
      - id: domain
        -orig-id: domain
        type: text(len_size)
        doc: name of the table of contacts
      - id: aor
        -orig-id: aor
        type: text(len_size)
        doc: address of record
    instances:
      len_size:
        doc: bytes of the length of a string
        value: '(layout != contact_layout::u_a and layout != contact_layout::u_b) ? 2 : 4'
  contact_insert:
    doc: A contact was registered.
    doc-ref: Spec/usrloc.md#type-3-contact-insert
    params:
      - id: layout
        type: u1
        enum: contact_layout
    seq:
      - id: server_id
        -orig-id: serverId
        type: s4
        if: layout == contact_layout::u_b
        doc: node id of the sender
      - id: domain
        -orig-id: domain
        type: text(len_size)
        doc: name of the table of contacts
      - id: aor
        -orig-id: aor
        type: text(len_size)
        doc: address of record
      - id: contact
        -orig-id: contact
        type: text(len_size)
        doc: contact URI
      - id: contact_id
        -orig-id: contactId
        type: number_64(len_size)
        if: layout != contact_layout::u_a and layout != contact_layout::u_b and layout != contact_layout::u_c and layout != contact_layout::u_d
        doc: AoR hash, record label and contact label
      - id: callid
        -orig-id: callid
        type: text(len_size)
        doc: Call-ID of the REGISTER
      - id: user_agent
        -orig-id: userAgent
        type: text(len_size)
        doc: User-Agent of the REGISTER
      - id: path
        -orig-id: path
        type: text(len_size)
        doc: Path header body
      - id: attr
        -orig-id: attr
        type: text(len_size)
        doc: free registration attributes
      - id: received
        -orig-id: received
        type: text(len_size)
        doc: real source of the REGISTER, may be empty
      - id: instance
        -orig-id: instance
        type: text(len_size)
        doc: value of +sip.instance
      - id: expires
        -orig-id: expires
        type: number_64(len_size)
        doc: Unix time in seconds; 0 for ever, 10 deleted but not yet flushed
      - id: q
        -orig-id: q
        type: number_32(len_size)
        doc: preference times 1000, -1 unspecified
      - id: sock
        -orig-id: sock
        type: text(len_size)
        doc: receiving socket, empty for none
      - id: cseq
        -orig-id: cseq
        type: s4
        doc: CSeq number of the REGISTER
      - id: flags
        -orig-id: flags
        type: s4
        -bits: contact_flags
        doc: internal flags of the contact
      - id: cflags_text
        -orig-id: cflags
        type: text(len_size)
        if: layout == contact_layout::u_k
        doc: branch flags by name
      - id: cflags_integer
        -orig-id: cflags
        type: s4
        if: layout != contact_layout::u_k
        doc: branch flags, bits local to each node
      - id: methods
        -orig-id: methods
        type: s4
        -bits: methods
        doc: methods the contact accepts, all bits when not stated
      - id: last_modified
        -orig-id: lastModified
        type: number_64(len_size)
        doc: Unix time in seconds
      - id: kv
        -orig-id: kv
        type: text(len_size)
        if: layout == contact_layout::u_h or layout == contact_layout::u_i or layout == contact_layout::u_j or layout == contact_layout::u_k
        doc: key/values of the contact
      - id: match_mode
        -orig-id: matchMode
        type: s4
        enum: match_mode
        if: layout == contact_layout::u_j or layout == contact_layout::u_k
        doc: '-1 default, 0 contact only, 1 contact and Call-ID, 2 URI parameters'
      - id: match_count
        -orig-id: matchCount
        type: s4
        valid:
          min: 0
          max: 64
        if: (layout == contact_layout::u_j or layout == contact_layout::u_k) and match_mode == match_mode::uri_parameters
        doc: number of URI parameters
      - id: match_params
        -orig-id: matchParams
        type: text(len_size)
        repeat: expr
        repeat-expr: match_count
        if: (layout == contact_layout::u_j or layout == contact_layout::u_k) and match_mode == match_mode::uri_parameters
        doc: names of the URI parameters
    instances:
      len_size:
        doc: bytes of the length of a string
        value: '(layout != contact_layout::u_a and layout != contact_layout::u_b) ? 2 : 4'
  contact_update:
    doc: A contact was registered again or changed.
    doc-ref: Spec/usrloc.md#type-4-contact-update
    params:
      - id: layout
        type: u1
        enum: contact_layout
    seq:
      - id: server_id
        -orig-id: serverId
        type: s4
        if: layout == contact_layout::u_b
        doc: node id of the sender
      - id: domain
        -orig-id: domain
        type: text(len_size)
        doc: name of the table of contacts
      - id: aor
        -orig-id: aor
        type: text(len_size)
        doc: address of record
      - id: contact
        -orig-id: contact
        type: text(len_size)
        doc: contact URI
      - id: callid
        -orig-id: callid
        type: text(len_size)
        doc: Call-ID of the REGISTER
      - id: user_agent
        -orig-id: userAgent
        type: text(len_size)
        doc: User-Agent of the REGISTER
      - id: path
        -orig-id: path
        type: text(len_size)
        doc: Path header body
      - id: attr
        -orig-id: attr
        type: text(len_size)
        doc: free registration attributes
      - id: received
        -orig-id: received
        type: text(len_size)
        doc: real source of the REGISTER, may be empty
      - id: instance
        -orig-id: instance
        type: text(len_size)
        doc: value of +sip.instance
      - id: expires
        -orig-id: expires
        type: number_64(len_size)
        doc: Unix time in seconds; 0 for ever, 10 deleted but not yet flushed
      - id: q
        -orig-id: q
        type: number_32(len_size)
        doc: preference times 1000, -1 unspecified
      - id: sock
        -orig-id: sock
        type: text(len_size)
        doc: receiving socket, empty for none
      - id: cseq
        -orig-id: cseq
        type: s4
        doc: CSeq number of the REGISTER
      - id: flags
        -orig-id: flags
        type: s4
        -bits: contact_flags
        doc: internal flags of the contact
      - id: cflags_text
        -orig-id: cflags
        type: text(len_size)
        if: layout == contact_layout::u_k
        doc: branch flags by name
      - id: cflags_integer
        -orig-id: cflags
        type: s4
        if: layout != contact_layout::u_k
        doc: branch flags, bits local to each node
      - id: methods
        -orig-id: methods
        type: s4
        -bits: methods
        doc: methods the contact accepts, all bits when not stated
      - id: last_modified
        -orig-id: lastModified
        type: number_64(len_size)
        doc: Unix time in seconds
      - id: kv
        -orig-id: kv
        type: text(len_size)
        if: layout != contact_layout::u_a and layout != contact_layout::u_b and layout != contact_layout::u_c and layout != contact_layout::u_d
        doc: key/values of the contact
      - id: contact_id
        -orig-id: contactId
        type: number_64(len_size)
        if: layout != contact_layout::u_a and layout != contact_layout::u_b and layout != contact_layout::u_c and layout != contact_layout::u_d and layout != contact_layout::u_e
        doc: AoR hash, record label and contact label
      - id: match_mode
        -orig-id: matchMode
        type: s4
        enum: match_mode
        if: layout == contact_layout::u_j or layout == contact_layout::u_k
        doc: '-1 default, 0 contact only, 1 contact and Call-ID, 2 URI parameters'
      - id: match_count
        -orig-id: matchCount
        type: s4
        valid:
          min: 0
          max: 64
        if: (layout == contact_layout::u_j or layout == contact_layout::u_k) and match_mode == match_mode::uri_parameters
        doc: number of URI parameters
      - id: match_params
        -orig-id: matchParams
        type: text(len_size)
        repeat: expr
        repeat-expr: match_count
        if: (layout == contact_layout::u_j or layout == contact_layout::u_k) and match_mode == match_mode::uri_parameters
        doc: names of the URI parameters
    instances:
      len_size:
        doc: bytes of the length of a string
        value: '(layout != contact_layout::u_a and layout != contact_layout::u_b) ? 2 : 4'
  contact_delete:
    doc: A contact was unregistered.
    doc-ref: Spec/usrloc.md#type-5-contact-delete
    params:
      - id: layout
        type: u1
        enum: contact_layout
    seq:
      - id: server_id
        -orig-id: serverId
        type: s4
        if: layout == contact_layout::u_b
        doc: node id of the sender
      - id: domain
        -orig-id: domain
        type: text(len_size)
        doc: name of the table of contacts
      - id: aor
        -orig-id: aor
        type: text(len_size)
        doc: address of record
      - id: contact
        -orig-id: contact
        type: text(len_size)
        doc: contact URI
      - id: callid
        -orig-id: callid
        type: text(len_size)
        doc: Call-ID of the REGISTER
      - id: cseq
        -orig-id: cseq
        type: s4
        doc: CSeq number of the REGISTER
      - id: match_mode
        -orig-id: matchMode
        type: s4
        enum: match_mode
        if: layout == contact_layout::u_j or layout == contact_layout::u_k
        doc: '-1 default, 0 contact only, 1 contact and Call-ID, 2 URI parameters'
      - id: match_count
        -orig-id: matchCount
        type: s4
        valid:
          min: 0
          max: 64
        if: (layout == contact_layout::u_j or layout == contact_layout::u_k) and match_mode == match_mode::uri_parameters
        doc: number of URI parameters
      - id: match_params
        -orig-id: matchParams
        type: text(len_size)
        repeat: expr
        repeat-expr: match_count
        if: (layout == contact_layout::u_j or layout == contact_layout::u_k) and match_mode == match_mode::uri_parameters
        doc: names of the URI parameters
    instances:
      len_size:
        doc: bytes of the length of a string
        value: '(layout != contact_layout::u_a and layout != contact_layout::u_b) ? 2 : 4'
  profile_counters:
    doc: How many dialogs the sender has in each profile.
    doc-ref: Spec/dialog.md#profile-counters
    params:
      - id: layout
        type: u1
        enum: profile_layout
    seq:
      - id: server_id
        -orig-id: serverId
        type: s4
        if: layout == profile_layout::d_b or layout == profile_layout::d_c
        doc: node id of the sender
      - id: profiles
        -orig-id: profiles
        type: profile(layout)
        repeat: eos
        doc: counters
    instances:
      len_size:
        doc: bytes of the length of a string
        value: '(layout != profile_layout::d_b and layout != profile_layout::d_c) ? 2 : 4'
  profile:
    doc: The counter of a profile, or of one value of it.
    doc-ref: Spec/dialog.md#profile-counters
    params:
      - id: layout
        type: u1
        enum: profile_layout
    seq:
      - id: profile_name
        -orig-id: profileName
        type: text(len_size)
        doc: name of the profile
      - id: has_value
        -orig-id: hasValue
        type: s4
        doc: 1 when the counter is that of one value
      - id: value
        -orig-id: value
        type: text(len_size)
        if: has_value != 0
        doc: value of the profile
      - id: counter
        -orig-id: counter
        type: s4
        doc: the sender's own count
    instances:
      len_size:
        doc: bytes of the length of a string
        value: '(layout != profile_layout::d_b and layout != profile_layout::d_c) ? 2 : 4'
  pipe_counters:
    doc: How much each pipe of the sender counted.
    doc-ref: Spec/ratelimit.md#type-0-pipe-counters
    params:
      - id: layout
        type: u1
        enum: pipe_layout
    seq:
      - id: server_id
        -orig-id: serverId
        type: s4
        if: layout == pipe_layout::r_a
        doc: node id of the sender
      - id: pipes
        -orig-id: pipes
        type: pipe(layout)
        repeat: eos
        doc: counters
    instances:
      len_size:
        doc: bytes of the length of a string
        value: '(layout != pipe_layout::r_a) ? 2 : 4'
  aggregate_edge:
    doc: Sums over a cluster, from a bridge node to another cluster.
    doc-ref: Spec/ratelimit.md#types-10-and-11-aggregates
    params:
      - id: layout
        type: u1
        enum: pipe_layout
    seq:
      - id: source_cluster
        -orig-id: sourceCluster
        type: s4
        doc: the cluster that is summed
      - id: pipes
        -orig-id: pipes
        type: pipe(layout)
        repeat: eos
        doc: sums over the source cluster
    instances:
      len_size:
        doc: bytes of the length of a string
        value: 2
  aggregate_core:
    doc: Sums over another cluster, passed on inside of the own one.
    doc-ref: Spec/ratelimit.md#types-10-and-11-aggregates
    params:
      - id: layout
        type: u1
        enum: pipe_layout
    seq:
      - id: source_cluster
        -orig-id: sourceCluster
        type: s4
        doc: the cluster that is summed
      - id: pipes
        -orig-id: pipes
        type: pipe(layout)
        repeat: eos
        doc: sums over the source cluster
    instances:
      len_size:
        doc: bytes of the length of a string
        value: 2
  pipe:
    doc: The counter of one pipe.
    doc-ref: Spec/ratelimit.md#type-0-pipe-counters
    params:
      - id: layout
        type: u1
        enum: pipe_layout
    seq:
      - id: pipe_name
        -orig-id: pipeName
        type: text(len_size)
        doc: name of the pipe
      - id: flags
        -orig-id: flags
        type: s4
        -bits: pipe_flags
        if: layout == pipe_layout::r_c
        doc: 1 replicated over BIN, 2 over a cachedb
      - id: algorithm
        -orig-id: algorithm
        type: s4
        enum: algorithm
        doc: 0 none, 1 TAILDROP, 2 RED, 3 FEEDBACK, 4 NETWORK, 5 SBT
      - id: limit
        -orig-id: limit
        type: s4
        doc: last limit that the script used
      - id: counter
        -orig-id: counter
        type: s4
        doc: the sender's own count
    instances:
      len_size:
        doc: bytes of the length of a string
        value: '(layout != pipe_layout::r_a) ? 2 : 4'
enums:
  contact_layout:
    1:
      id: u_a
      -orig-id: U-A
      doc: contacts as sent by 2.1
      doc-ref: Spec/usrloc.md
    2:
      id: u_b
      -orig-id: U-B
      doc: contacts as sent by 2.2
      doc-ref: Spec/usrloc.md
    3:
      id: u_c
      -orig-id: U-C
      doc: contacts as sent by 2.3
      doc-ref: Spec/usrloc.md
    4:
      id: u_d
      -orig-id: U-D
      doc: contacts as sent by 2.4.0–2.4.1
      doc-ref: Spec/usrloc.md
    5:
      id: u_e
      -orig-id: U-E
      doc: contacts as sent by 2.4.2
      doc-ref: Spec/usrloc.md
    6:
      id: u_f
      -orig-id: U-F
      doc: contacts as sent by 2.4.3–2.4.6
      doc-ref: Spec/usrloc.md
    7:
      id: u_g
      -orig-id: U-G
      doc: contacts as sent by 2.4.7–2.4.11
      doc-ref: Spec/usrloc.md
    8:
      id: u_h
      -orig-id: U-H
      doc: contacts as sent by 3.0.0
      doc-ref: Spec/usrloc.md
    9:
      id: u_i
      -orig-id: U-I
      doc: contacts as sent by 3.0.1–3.1.2
      doc-ref: Spec/usrloc.md
    10:
      id: u_j
      -orig-id: U-J
      doc: contacts as sent by 3.1.3–3.5
      doc-ref: Spec/usrloc.md
    11:
      id: u_k
      -orig-id: U-K
      doc: contacts as sent by 3.6–4.1
      doc-ref: Spec/usrloc.md
  profile_layout:
    1:
      id: d_b
      -orig-id: D-B
      doc: dialog profile counters as sent by 2.2.0–2.2.5
      doc-ref: Spec/dialog.md
    2:
      id: d_c
      -orig-id: D-C
      doc: dialog profile counters as sent by 2.2.6–2.2.8
      doc-ref: Spec/dialog.md
    3:
      id: d_d
      -orig-id: D-D
      doc: dialog profile counters as sent by 2.3.0–2.3.2
      doc-ref: Spec/dialog.md
    4:
      id: d_e
      -orig-id: D-E
      doc: dialog profile counters as sent by 2.3.3–2.4.4
      doc-ref: Spec/dialog.md
    5:
      id: d_f
      -orig-id: D-F
      doc: dialog profile counters as sent by 2.4.5–2.4.11
      doc-ref: Spec/dialog.md
    6:
      id: d_g
      -orig-id: D-G
      doc: dialog profile counters as sent by 3.0.0
      doc-ref: Spec/dialog.md
    7:
      id: d_h
      -orig-id: D-H
      doc: dialog profile counters as sent by 3.0.1–3.0.5
      doc-ref: Spec/dialog.md
    8:
      id: d_i
      -orig-id: D-I
      doc: dialog profile counters as sent by 3.1.0–3.1.3, 3.2.0
      doc-ref: Spec/dialog.md
    9:
      id: d_j
      -orig-id: D-J
      doc: dialog profile counters as sent by 3.1.4–3.1.5, 3.2.1–3.2.2
      doc-ref: Spec/dialog.md
    10:
      id: d_k
      -orig-id: D-K
      doc: dialog profile counters as sent by 3.1.6–3.1.17, 3.2.3–3.3
      doc-ref: Spec/dialog.md
    11:
      id: d_l
      -orig-id: D-L
      doc: dialog profile counters as sent by 3.4–4.0
      doc-ref: Spec/dialog.md
    12:
      id: d_m
      -orig-id: D-M
      doc: dialog profile counters as sent by 4.1
      doc-ref: Spec/dialog.md
  pipe_layout:
    1:
      id: r_a
      -orig-id: R-A
      doc: rate-limit pipes as sent by 2.2
      doc-ref: Spec/ratelimit.md
    2:
      id: r_b
      -orig-id: R-B
      doc: rate-limit pipes as sent by 2.3–3.2
      doc-ref: Spec/ratelimit.md
    3:
      id: r_c
      -orig-id: R-C
      doc: rate-limit pipes as sent by 3.3–4.1
      doc-ref: Spec/ratelimit.md
  methods:
    -1:
      id: all
      -orig-id: ALL
    1:
      id: invite
      -orig-id: INVITE
    2:
      id: cancel
      -orig-id: CANCEL
    4:
      id: ack
      -orig-id: ACK
    8:
      id: bye
      -orig-id: BYE
    16:
      id: info
      -orig-id: INFO
    32:
      id: options
      -orig-id: OPTIONS
    64:
      id: update
      -orig-id: UPDATE
    128:
      id: register
      -orig-id: REGISTER
    256:
      id: message
      -orig-id: MESSAGE
    512:
      id: subscribe
      -orig-id: SUBSCRIBE
    1024:
      id: notify
      -orig-id: NOTIFY
    2048:
      id: prack
      -orig-id: PRACK
    4096:
      id: refer
      -orig-id: REFER
    8192:
      id: publish
      -orig-id: PUBLISH
    16384:
      id: other
      -orig-id: OTHER
  contact_flags:
    1:
      id: memory_only
      -orig-id: memoryOnly
    2:
      id: extra_hop
      -orig-id: extraHop
    4:
      id: push_notification
      -orig-id: pushNotification
  pipe_flags:
    1:
      id: bin
      -orig-id: bin
    2:
      id: cachedb
      -orig-id: cachedb
  algorithm:
    0:
      id: none
      -orig-id: none
    1:
      id: taildrop
      -orig-id: TAILDROP
    2:
      id: red
      -orig-id: RED
    3:
      id: feedback
      -orig-id: FEEDBACK
    4:
      id: network
      -orig-id: NETWORK
    5:
      id: sbt
      -orig-id: SBT
  match_mode:
    -1:
      id: default
      -orig-id: default
    0:
      id: contact
      -orig-id: contact
    1:
      id: contact_and_call_id
      -orig-id: contact and Call-ID
    2:
      id: uri_parameters
      -orig-id: URI parameters
