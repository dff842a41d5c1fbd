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

/* compress.c: each piece deflated or inflated by itself with the dictionary, `rounds` times; the bytes that resulted.
 * When `checked`, with the CRC-32 of what is not compressed, as in the gzip format. */
uint64_t c_deflate_rounds(const c_text *pieces, int count, const c_text *dictionary, int level, int checked, size_t rounds);
uint64_t c_inflate_rounds(const c_text *pieces, int count, const c_text *dictionary, int checked, size_t rounds);

#endif
