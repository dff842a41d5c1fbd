#define _GNU_SOURCE
#include "creference.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__

enum { VECTOR = 64, DATAGRAM = 2048 };

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void sleep_until(double time) {
    struct timespec wake = {(time_t)time, (long)((time - (double)(time_t)time) * 1e9)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wake, NULL) == EINTR) {}
}

int c_udp_send(const c_stamped *packet, uint16_t port, uint64_t count, uint64_t per_second, int batch, double *seconds) {
    static char buffers[VECTOR][DATAGRAM];
    static struct mmsghdr messages[VECTOR];
    static struct iovec parts[VECTOR];
    struct sockaddr_in address;
    double began;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0) return errno;
    if (batch > VECTOR || packet->size > DATAGRAM) return EINVAL;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) return errno;
    for (int index = 0; index < batch; index++) {
        memcpy(buffers[index], packet->bytes, (size_t)packet->size);
        parts[index].iov_base = buffers[index];
        parts[index].iov_len = (size_t)packet->size;
        messages[index].msg_hdr.msg_iov = &parts[index];
        messages[index].msg_hdr.msg_iovlen = 1;
    }
    began = now();
    for (uint64_t sent = 0; sent < count;) {
        int want = count - sent < (uint64_t)batch ? (int)(count - sent) : batch;
        for (int index = 0; index < want; index++) {
            uint32_t sequence = (uint32_t)(sent + (uint64_t)index);
            memcpy(buffers[index] + packet->sequence_offset, &sequence, sizeof sequence);
        }
        want = sendmmsg(fd, messages, (unsigned)want, 0);
        if (want < 0) {
            if (errno == EINTR || errno == ECONNREFUSED) continue;
            return errno;
        }
        sent += (uint64_t)want;
        sleep_until(began + (double)sent / (double)per_second);
    }
    *seconds = now() - began;
    close(fd);
    return 0;
}

int c_udp_receive(const c_stamped *packet, int socket, uint64_t count, c_received *result) {
    static char buffers[VECTOR][DATAGRAM];
    static struct mmsghdr messages[VECTOR];
    static struct iovec parts[VECTOR];
    struct timeval limit = {1, 0};
    int room = 8 << 20;
    uint32_t expected = 0;
    double began = 0, last = 0;
    memset(result, 0, sizeof *result);
    setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    for (int index = 0; index < VECTOR; index++) {
        parts[index].iov_base = buffers[index];
        parts[index].iov_len = DATAGRAM;
        messages[index].msg_hdr.msg_iov = &parts[index];
        messages[index].msg_hdr.msg_iovlen = 1;
    }
    while (result->packets < count) {
        int received = recvmmsg(socket, messages, VECTOR, MSG_WAITFORONE, NULL);
        if (received < 0) {
            if (errno == EINTR) continue;
            if (errno == EAGAIN) break;
            return errno;
        }
        last = now();
        if (began == 0) {
            began = last;
            setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        }
        for (int index = 0; index < received; index++) {
            c_packet open;
            c_text capability;
            int32_t type;
            uint32_t sequence;
            if (c_open(&open, buffers[index], (int)messages[index].msg_len, &capability, &type) != C_OK) return EPROTO;
            memcpy(&sequence, buffers[index] + packet->sequence_offset, sizeof sequence);
            if (sequence != expected) result->reordered++;
            expected = sequence + 1;
            result->packets++;
        }
    }
    result->seconds = last - began;
    return 0;
}

#else

/* sendmmsg and recvmmsg are calls of Linux. */
int c_udp_send(const c_stamped *packet, uint16_t port, uint64_t count, uint64_t per_second, int batch, double *seconds) {
    (void)packet, (void)port, (void)count, (void)per_second, (void)batch, (void)seconds;
    return ENOTSUP;
}

int c_udp_receive(const c_stamped *packet, int socket, uint64_t count, c_received *result) {
    (void)packet, (void)socket, (void)count, (void)result;
    return ENOTSUP;
}

#endif
