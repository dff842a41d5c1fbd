#include "creference.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Raw zlib as a program would use it: one stream that is reset from piece to piece, and one buffer. */

uint64_t c_deflate_rounds(const c_text *pieces, int count, const c_text *dictionary, int level, int checked, size_t rounds) {
    static unsigned char buffer[1 << 17];
    z_stream stream;
    uint64_t sum = 0;
    memset(&stream, 0, sizeof stream);
    if (deflateInit2(&stream, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
    for (size_t round = 0; round < rounds; round++) {
        for (int piece = 0; piece < count; piece++) {
            if (deflateReset(&stream) != Z_OK) return 0;
            if (deflateSetDictionary(&stream, (const Bytef *)dictionary->start, (uInt)dictionary->length) != Z_OK) return 0;
            stream.next_in = (Bytef *)pieces[piece].start;
            stream.avail_in = (uInt)pieces[piece].length;
            stream.next_out = buffer;
            stream.avail_out = sizeof buffer;
            if (deflate(&stream, Z_FINISH) != Z_STREAM_END) return 0;
            if (checked) sum += crc32(0, (const Bytef *)pieces[piece].start, (uInt)pieces[piece].length) & 1;
            sum += sizeof buffer - stream.avail_out;
        }
    }
    deflateEnd(&stream);
    return sum;
}

uint64_t c_inflate_rounds(const c_text *pieces, int count, const c_text *dictionary, int checked, size_t rounds) {
    static unsigned char buffer[1 << 17];
    z_stream stream;
    uint64_t sum = 0;
    memset(&stream, 0, sizeof stream);
    if (inflateInit2(&stream, -15) != Z_OK) return 0;
    for (size_t round = 0; round < rounds; round++) {
        for (int piece = 0; piece < count; piece++) {
            if (inflateReset(&stream) != Z_OK) return 0;
            if (inflateSetDictionary(&stream, (const Bytef *)dictionary->start, (uInt)dictionary->length) != Z_OK) return 0;
            stream.next_in = (Bytef *)pieces[piece].start;
            stream.avail_in = (uInt)pieces[piece].length;
            stream.next_out = buffer;
            stream.avail_out = sizeof buffer;
            if (inflate(&stream, Z_FINISH) != Z_STREAM_END) return 0;
            if (checked) sum += crc32(0, buffer, (uInt)(sizeof buffer - stream.avail_out)) & 1;
            sum += sizeof buffer - stream.avail_out;
        }
    }
    inflateEnd(&stream);
    return sum;
}
