#include "creference.h"

#include <stdlib.h>
#include <string.h>

/* A plain store of contacts: a chained hash table of addresses of record, each with a list of contacts; a record is a
 * structure of its own, and each text of it a piece of memory of its own. */

typedef struct stored_contact {
    struct stored_contact *next;
    c_text contact, callid, user_agent, path, attr, received, instance, sock, cflags, kv;
    uint64_t id, expires, last_modified;
    int32_t q, cseq, flags, methods;
} stored_contact;

typedef struct stored_aor {
    struct stored_aor *next;
    c_text aor;
    stored_contact *contacts;
    int32_t label, next_label;
} stored_aor;

struct c_store {
    stored_aor **slots;
    size_t mask;
};

c_store *c_store_new(size_t slots) {
    c_store *store = malloc(sizeof *store);
    store->slots = calloc(slots, sizeof *store->slots);
    store->mask = slots - 1;
    return store;
}

static size_t hash(const c_text *text) {
    size_t hash = 14695981039346656037u;
    for (int i = 0; i < text->length; i++) hash = (hash ^ (unsigned char)text->start[i]) * 1099511628211u;
    return hash ^ (hash >> 32);
}

static c_text copy(const c_text *text) {
    c_text result = {NULL, text->length};
    if (text->length > 0) {
        char *bytes = malloc((size_t)text->length);
        memcpy(bytes, text->start, (size_t)text->length);
        result.start = bytes;
    }
    return result;
}

static int same(const c_text *left, const c_text *right) {
    return left->length == right->length && memcmp(left->start, right->start, (size_t)left->length) == 0;
}

static stored_aor *find(c_store *store, const c_text *aor, int adds) {
    stored_aor **slot = &store->slots[hash(aor) & store->mask];
    for (stored_aor *known = *slot; known; known = known->next)
        if (same(&known->aor, aor)) return known;
    if (!adds) return NULL;
    stored_aor *added = calloc(1, sizeof *added);
    added->aor = copy(aor);
    added->next = *slot;
    *slot = added;
    return added;
}

int c_store_apply(c_store *store, const char *bytes, int size) {
    c_packet packet;
    c_text capability, domain, aor;
    int32_t type;
    if (c_open(&packet, bytes, size, &capability, &type) != C_OK) return -1;
    if (type == 1) {
        int32_t label, next_label;
        if (c_pop_text(&packet, &domain) != C_OK || c_pop_text(&packet, &aor) != C_OK) return -1;
        if (c_pop_int(&packet, &label) != C_OK || c_pop_int(&packet, &next_label) != C_OK) return -1;
        stored_aor *record = find(store, &aor, 1);
        record->label = label;
        record->next_label = next_label;
        return 0;
    }
    c_contact contact;
    if (c_decode_contact(bytes, size, &contact) < 0) return -1;
    stored_aor *record = find(store, &contact.aor, 1);
    for (stored_contact *known = record->contacts; known; known = known->next)
        if (same(&known->contact, &contact.contact) && same(&known->callid, &contact.callid)) return 0;
    stored_contact *added = malloc(sizeof *added);
    added->contact = copy(&contact.contact);
    added->callid = copy(&contact.callid);
    added->user_agent = copy(&contact.user_agent);
    added->path = copy(&contact.path);
    added->attr = copy(&contact.attr);
    added->received = copy(&contact.received);
    added->instance = copy(&contact.instance);
    added->sock = copy(&contact.sock);
    added->cflags = copy(&contact.cflags);
    added->kv = copy(&contact.kv);
    memcpy(&added->id, contact.contact_id.start, 8);
    memcpy(&added->expires, contact.expires.start, 8);
    memcpy(&added->last_modified, contact.last_modified.start, 8);
    memcpy(&added->q, contact.q.start, 4);
    added->cseq = contact.cseq;
    added->flags = contact.flags;
    added->methods = contact.methods;
    added->next = record->contacts;
    record->contacts = added;
    return 0;
}

int c_store_has(c_store *store, const char *aor, int length) {
    c_text text = {aor, length};
    stored_aor *record = find(store, &text, 0);
    return record && record->contacts ? record->contacts->contact.length : 0;
}
