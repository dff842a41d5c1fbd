#ifndef CREFERENCE_H
#define CREFERENCE_H

#include <stddef.h>
#include <stdint.h>

/* A plain reader and writer of packets, written the way a C library for this protocol is: a packet is a buffer and a
 * pointer into it, each field is one function call across a translation unit, bytes are moved with memcpy and every
 * access is checked. A read tells "nothing left" from "cut in the middle", because receivers of this protocol take the
 * first as the end of a list. It is what the Swift code is measured against, in the same run, compiled with -O2. */

enum { C_OK = 0, C_END = 1, C_ERROR = -1 };

typedef struct {
    const char *start;
    int length;
} c_text;

typedef struct {
    char *start;
    int length;   /* bytes of the packet */
    int capacity; /* bytes of the buffer */
    char *front;  /* the next byte to be read */
} c_packet;

/* packet.c */
int c_open(c_packet *packet, const char *bytes, int size, c_text *capability, int32_t *type);
int c_pop_int(c_packet *packet, int32_t *value);
int c_pop_text(c_packet *packet, c_text *text);
int c_create(c_packet *packet, char *buffer, int capacity, const c_text *capability, int16_t version, int32_t type);
int c_push_int(c_packet *packet, int32_t value);
int c_push_text(c_packet *packet, const c_text *text);
int c_close(c_packet *packet);

/* contact.c: the fields of a contact insert (layout U-K), decoded or encoded `rounds` times. */

typedef struct {
    c_text domain, aor, contact, contact_id, callid, user_agent, path, attr, received, instance, expires, q, sock;
    int32_t cseq, flags;
    c_text cflags;
    int32_t methods;
    c_text last_modified, kv;
    int32_t match_mode;
} c_contact;

int c_decode_contact(const char *bytes, int size, c_contact *contact);
uint64_t c_decode_rounds(const char *bytes, int size, size_t rounds);
uint64_t c_encode_rounds(const char *bytes, int size, size_t rounds);

/* store.c: addresses of record and contacts in a hash table, one piece of memory for each text. */
typedef struct c_store c_store;
c_store *c_store_new(size_t slots);
int c_store_apply(c_store *store, const char *bytes, int size);
int c_store_has(c_store *store, const char *aor, int length);

/* compress.c: each piece deflated or inflated by itself with the dictionary, `rounds` times; the bytes that resulted.
 * When `checked`, with the CRC-32 of what is not compressed, as in the gzip format. */
uint64_t c_deflate_rounds(const c_text *pieces, int count, const c_text *dictionary, int level, int checked, size_t rounds);
uint64_t c_inflate_rounds(const c_text *pieces, int count, const c_text *dictionary, int checked, size_t rounds);

/* tcp.c and udp.c: loops that send and receive the same packet over and over, as plain as they can be written. Each packet
 * carries its number and the number of its source, so that a receiver sees what was lost or reordered. */

typedef struct {
    const char *bytes;
    int size;
    int sequence_offset; /* where four bytes are the number of the packet */
    int source_offset;   /* where four bytes are the number of the source */
} c_stamped;

typedef struct {
    uint64_t packets;
    uint64_t reordered; /* packets whose number is not that of the one before plus one */
    double seconds;     /* from the first bytes to the last packet */
} c_received;

enum { C_SOURCES = 64 };

/* All return 0, or the errno of the call that failed. `port` is in host order, on 127.0.0.1. */
int c_listen(int type, uint16_t *port, int *socket_out);
int c_tcp_send(const c_stamped *packet, uint16_t port, uint64_t count);
int c_tcp_receive(const c_stamped *packet, int listener, uint64_t count, c_received *result);
/* `connections` connections with `count` packets each, written in pieces of random length to one of them at random. */
int c_tcp_send_fragments(const c_stamped *packet, uint16_t port, int connections, uint64_t count, uint64_t seed);
/* At most `per_second` datagrams a second, `batch` of them with one call. */
int c_udp_send(const c_stamped *packet, uint16_t port, uint64_t count, uint64_t per_second, int batch, double *seconds);
/* Until `count` came, or nothing for a second. */
int c_udp_receive(const c_stamped *packet, int socket, uint64_t count, c_received *result);

#endif
