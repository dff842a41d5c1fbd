#include "creference.h"

#include <string.h>

int c_open(c_packet *packet, const char *bytes, int size, c_text *capability, int32_t *type) {
    uint32_t length;
    uint16_t name_length;
    if (size < 17 || memcmp(bytes, "P4CK", 4) != 0) return C_ERROR;
    memcpy(&length, bytes + 4, sizeof length);
    memcpy(&name_length, bytes + 10, sizeof name_length);
    if (length < 17 || length > (uint32_t)size || name_length == 0 || (uint32_t)name_length + 16 > length) return C_ERROR;
    capability->start = bytes + 12;
    capability->length = name_length;
    memcpy(type, bytes + 12 + name_length, sizeof *type);
    packet->start = (char *)bytes;
    packet->length = (int)length;
    packet->capacity = size;
    packet->front = packet->start + 16 + name_length;
    return C_OK;
}

int c_pop_int(c_packet *packet, int32_t *value) {
    if (packet->front - packet->start == packet->length) return C_END;
    if (packet->front + sizeof *value > packet->start + packet->length) return C_ERROR;
    memcpy(value, packet->front, sizeof *value);
    packet->front += sizeof *value;
    return C_OK;
}

int c_pop_text(c_packet *packet, c_text *text) {
    uint16_t length;
    if (packet->front - packet->start == packet->length) return C_END;
    if (packet->front + sizeof length > packet->start + packet->length) return C_ERROR;
    memcpy(&length, packet->front, sizeof length);
    packet->front += sizeof length;
    if (length == 0) {
        text->start = NULL;
        text->length = 0;
        return C_OK;
    }
    if (packet->front + length > packet->start + packet->length) return C_ERROR;
    text->start = packet->front;
    text->length = length;
    packet->front += length;
    return C_OK;
}

int c_create(c_packet *packet, char *buffer, int capacity, const c_text *capability, int16_t version, int32_t type) {
    uint16_t name_length = (uint16_t)capability->length;
    if (capacity < 16 + capability->length) return C_ERROR;
    packet->start = buffer;
    packet->capacity = capacity;
    packet->length = 0;
    memcpy(buffer, "P4CK", 4);
    memset(buffer + 4, 0, 4);
    memcpy(buffer + 8, &version, sizeof version);
    memcpy(buffer + 10, &name_length, sizeof name_length);
    memcpy(buffer + 12, capability->start, name_length);
    memcpy(buffer + 12 + name_length, &type, sizeof type);
    packet->length = 16 + name_length;
    packet->front = buffer + packet->length;
    return C_OK;
}

int c_push_int(c_packet *packet, int32_t value) {
    if (packet->length + (int)sizeof value > packet->capacity) return C_ERROR;
    memcpy(packet->start + packet->length, &value, sizeof value);
    packet->length += sizeof value;
    return packet->length;
}

int c_push_text(c_packet *packet, const c_text *text) {
    uint16_t length = text ? (uint16_t)text->length : 0;
    if (packet->length + (int)sizeof length + length > packet->capacity) return C_ERROR;
    memcpy(packet->start + packet->length, &length, sizeof length);
    packet->length += sizeof length;
    if (length == 0) return packet->length;
    memcpy(packet->start + packet->length, text->start, length);
    packet->length += length;
    return packet->length;
}

int c_close(c_packet *packet) {
    uint32_t length = (uint32_t)packet->length;
    memcpy(packet->start + 4, &length, sizeof length);
    return packet->length;
}
