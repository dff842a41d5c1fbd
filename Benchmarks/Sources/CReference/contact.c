#include "creference.h"

#include <string.h>

int c_decode_contact(const char *bytes, int size, c_contact *contact) {
    c_packet packet;
    c_text capability;
    int32_t type, cluster, source, destination;
    if (c_open(&packet, bytes, size, &capability, &type) != C_OK) return -1;
    if (c_pop_text(&packet, &contact->domain) != C_OK) return -1;
    if (c_pop_text(&packet, &contact->aor) != C_OK) return -1;
    if (c_pop_text(&packet, &contact->contact) != C_OK) return -1;
    if (c_pop_text(&packet, &contact->contact_id) != C_OK || contact->contact_id.length != 8) return -1;
    if (c_pop_text(&packet, &contact->callid) != C_OK) return -1;
    if (c_pop_text(&packet, &contact->user_agent) != C_OK) return -1;
    if (c_pop_text(&packet, &contact->path) != C_OK) return -1;
    if (c_pop_text(&packet, &contact->attr) != C_OK) return -1;
    if (c_pop_text(&packet, &contact->received) != C_OK) return -1;
    if (c_pop_text(&packet, &contact->instance) != C_OK) return -1;
    if (c_pop_text(&packet, &contact->expires) != C_OK || contact->expires.length != 8) return -1;
    if (c_pop_text(&packet, &contact->q) != C_OK || contact->q.length != 4) return -1;
    if (c_pop_text(&packet, &contact->sock) != C_OK) return -1;
    if (c_pop_int(&packet, &contact->cseq) != C_OK) return -1;
    if (c_pop_int(&packet, &contact->flags) != C_OK) return -1;
    if (c_pop_text(&packet, &contact->cflags) != C_OK) return -1;
    if (c_pop_int(&packet, &contact->methods) != C_OK) return -1;
    if (c_pop_text(&packet, &contact->last_modified) != C_OK || contact->last_modified.length != 8) return -1;
    if (c_pop_text(&packet, &contact->kv) != C_OK) return -1;
    if (c_pop_int(&packet, &contact->match_mode) != C_OK) return -1;
    if (c_pop_int(&packet, &cluster) != C_OK) return -1;
    if (c_pop_int(&packet, &source) != C_OK) return -1;
    if (c_pop_int(&packet, &destination) != C_OK) return -1;
    return packet.front == packet.start + packet.length ? destination : -1;
}

static uint64_t touch(const c_text *text) { return (uint64_t)text->length + (text->length > 0 ? (unsigned char)text->start[0] : 0); }

static uint64_t value64(const c_text *text) {
    uint64_t value;
    memcpy(&value, text->start, 8);
    return value;
}

static uint32_t value32(const c_text *text) {
    uint32_t value;
    memcpy(&value, text->start, 4);
    return value;
}

uint64_t c_decode_rounds(const char *bytes, int size, size_t rounds) {
    uint64_t sum = 0;
    for (size_t round = 0; round < rounds; round++) {
        c_contact contact;
        if (c_decode_contact(bytes, size, &contact) < 0) return 0;
        sum += touch(&contact.domain) + touch(&contact.aor) + touch(&contact.contact) + value64(&contact.contact_id);
        sum += touch(&contact.callid) + touch(&contact.user_agent) + touch(&contact.path) + touch(&contact.attr);
        sum += touch(&contact.received) + touch(&contact.instance) + value64(&contact.expires) + value32(&contact.q);
        sum += touch(&contact.sock) + (uint32_t)contact.cseq + (uint32_t)contact.flags + touch(&contact.cflags);
        sum += (uint32_t)contact.methods + value64(&contact.last_modified) + touch(&contact.kv) + (uint32_t)contact.match_mode;
    }
    return sum;
}

uint64_t c_encode_rounds(const char *bytes, int size, size_t rounds) {
    static char buffer[65535];
    static const c_text capability = {"usrloc-contact-repl", 19};
    c_contact contact;
    uint64_t sum = 0;
    if (c_decode_contact(bytes, size, &contact) < 0) return 0;
    for (size_t round = 0; round < rounds; round++) {
        c_packet packet;
        contact.cseq++;
        if (c_create(&packet, buffer, sizeof buffer, &capability, 5, 3) < 0) return 0;
        if (c_push_text(&packet, &contact.domain) < 0) return 0;
        if (c_push_text(&packet, &contact.aor) < 0) return 0;
        if (c_push_text(&packet, &contact.contact) < 0) return 0;
        if (c_push_text(&packet, &contact.contact_id) < 0) return 0;
        if (c_push_text(&packet, &contact.callid) < 0) return 0;
        if (c_push_text(&packet, &contact.user_agent) < 0) return 0;
        if (c_push_text(&packet, &contact.path) < 0) return 0;
        if (c_push_text(&packet, &contact.attr) < 0) return 0;
        if (c_push_text(&packet, &contact.received) < 0) return 0;
        if (c_push_text(&packet, &contact.instance) < 0) return 0;
        if (c_push_text(&packet, &contact.expires) < 0) return 0;
        if (c_push_text(&packet, &contact.q) < 0) return 0;
        if (c_push_text(&packet, &contact.sock) < 0) return 0;
        if (c_push_int(&packet, contact.cseq) < 0) return 0;
        if (c_push_int(&packet, contact.flags) < 0) return 0;
        if (c_push_text(&packet, &contact.cflags) < 0) return 0;
        if (c_push_int(&packet, contact.methods) < 0) return 0;
        if (c_push_text(&packet, &contact.last_modified) < 0) return 0;
        if (c_push_text(&packet, &contact.kv) < 0) return 0;
        if (c_push_int(&packet, contact.match_mode) < 0) return 0;
        if (c_push_int(&packet, 1) < 0 || c_push_int(&packet, 1) < 0 || c_push_int(&packet, 2) < 0) return 0;
        sum += (uint64_t)c_close(&packet) + (unsigned char)buffer[round % 64];
    }
    return sum;
}
