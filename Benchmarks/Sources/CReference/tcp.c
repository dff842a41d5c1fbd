#include "creference.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 65536 };

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static struct sockaddr_in loopback(uint16_t port) {
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

int c_listen(int type, uint16_t *port, int *socket_out) {
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, type, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0) return errno;
    if (type == SOCK_STREAM && listen(fd, 64) != 0) return errno;
    if (getsockname(fd, (struct sockaddr *)&address, &size) != 0) return errno;
    *port = ntohs(address.sin_port);
    *socket_out = fd;
    return 0;
}

static int dial(uint16_t port, int *socket_out) {
    struct sockaddr_in address = loopback(port);
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) return errno;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    *socket_out = fd;
    return 0;
}

static int write_all(int fd, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(fd, bytes, count);
        if (written < 0) {
            if (errno == EINTR) continue;
            return errno;
        }
        bytes += written;
        count -= (size_t)written;
    }
    return 0;
}

static char *stamp(char *place, const c_stamped *packet, uint32_t source, uint32_t sequence) {
    memcpy(place, packet->bytes, (size_t)packet->size);
    memcpy(place + packet->sequence_offset, &sequence, sizeof sequence);
    memcpy(place + packet->source_offset, &source, sizeof source);
    return place + packet->size;
}

int c_tcp_send(const c_stamped *packet, uint16_t port, uint64_t count) {
    static char buffer[BUFFER];
    char *end = buffer;
    int fd, error = dial(port, &fd);
    if (error) return error;
    for (uint64_t number = 0; number < count; number++) {
        if (end + packet->size > buffer + BUFFER) {
            if ((error = write_all(fd, buffer, (size_t)(end - buffer)))) return error;
            end = buffer;
        }
        end = stamp(end, packet, 0, (uint32_t)number);
    }
    error = write_all(fd, buffer, (size_t)(end - buffer));
    close(fd);
    return error;
}

int c_tcp_receive(const c_stamped *packet, int listener, uint64_t count, c_received *result) {
    static char buffer[2 * BUFFER];
    size_t held = 0;
    uint32_t expected = 0;
    double began = 0;
    int fd = accept(listener, NULL, NULL);
    if (fd < 0) return errno;
    memset(result, 0, sizeof *result);
    while (result->packets < count) {
        ssize_t size = read(fd, buffer + held, BUFFER);
        char *front = buffer;
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return errno;
        if (size == 0) break;
        if (began == 0) began = now();
        held += (size_t)size;
        for (;;) {
            c_packet open;
            c_text capability;
            int32_t type;
            uint32_t length, sequence;
            if (held < 8) break;
            memcpy(&length, front + 4, sizeof length);
            if (length > BUFFER) return EPROTO;
            if (held < length) break;
            if (c_open(&open, front, (int)length, &capability, &type) != C_OK) return EPROTO;
            memcpy(&sequence, front + packet->sequence_offset, sizeof sequence);
            if (sequence != expected) result->reordered++;
            expected = sequence + 1;
            result->packets++;
            front += length;
            held -= length;
        }
        memmove(buffer, front, held);
    }
    result->seconds = now() - began;
    close(fd);
    return 0;
}

static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

int c_tcp_send_fragments(const c_stamped *packet, uint16_t port, int connections, uint64_t count, uint64_t seed) {
    static struct {
        int fd;
        uint64_t sent;
        size_t start, end;
        char buffer[BUFFER];
    } peers[C_SOURCES];
    uint64_t random = seed | 1;
    int open = connections, error = 0;
    if (connections > C_SOURCES) return EINVAL;
    for (int index = 0; index < connections; index++) {
        if ((error = dial(port, &peers[index].fd))) return error;
    }
    while (open > 0) {
        int index = (int)(next_random(&random) % (uint64_t)connections);
        size_t piece = 1 + next_random(&random) % (next_random(&random) % 2 ? 400 : 40000);
        if (peers[index].fd < 0) continue;
        if (peers[index].start == peers[index].end) {
            char *end = peers[index].buffer;
            while (end + packet->size <= peers[index].buffer + BUFFER && peers[index].sent < count) {
                end = stamp(end, packet, (uint32_t)index, (uint32_t)peers[index].sent++);
            }
            peers[index].start = 0;
            peers[index].end = (size_t)(end - peers[index].buffer);
            if (peers[index].end == 0) {
                close(peers[index].fd);
                peers[index].fd = -1;
                open--;
                continue;
            }
        }
        if (piece > peers[index].end - peers[index].start) piece = peers[index].end - peers[index].start;
        if ((error = write_all(peers[index].fd, peers[index].buffer + peers[index].start, piece))) return error;
        peers[index].start += piece;
    }
    return 0;
}
