// The usual form, judged by a few wide reads: whole TCP or UDP over IPv4 without options, plain or in GRE without options.
#ifndef LAYOUT_H
#define LAYOUT_H

#include "pipeline.h"

struct layout {
    u64 addresses, router;
    u8 *outer;
    u32 ports, class, tcp_flags;
    int length;
};

// Version 4, five words, no fragment: bits of the header's first eight bytes.
#define FORM_BITS 0xFF3F0000000000FFu

INLINE int read_header(const u8 *ip, u64 wrong, int available, int *total, u32 *protocol, u64 *addresses)
{
    u64 first = read64(ip);
    u32 middle = read32(ip + 8);
    *addresses = read64(ip + 12);
    *protocol = middle >> 8 & 0xFF;
    *total = swap16((u16)(first >> 16));
    wrong |= ((first & FORM_BITS) ^ IPV4_WITHOUT_OPTIONS) | (u64)(*total > available);
    u64 sum = (u32)first + (first >> 32) + middle + (u32)*addresses + (*addresses >> 32);
    return wrong == 0 && is_valid_sum(sum);
}

// True: all is set and sound. Reads nothing behind the frame.
INLINE int read_layout(u8 *frame, int length, struct layout *found)
{
    int total;
    u32 protocol;
    if (UNLIKELY(length < ETHERNET_BYTES + IPV4_BYTES + UDP_BYTES)) return 0;
    u8 *ip = frame + ETHERNET_BYTES;
    if (UNLIKELY(!read_header(ip, read16(frame + 12) ^ ETHER_IPV4_RAW, length - ETHERNET_BYTES, &total, &protocol, &found->addresses))) return 0;
    found->outer = NULL;
    found->router = 0;
    found->length = total;
    if (protocol == PROTOCOL_GRE) {
        if (UNLIKELY(total < 2 * IPV4_BYTES + GRE_BYTES + UDP_BYTES)) return 0;
        u64 wrong = read32(ip + IPV4_BYTES) ^ GRE_PLAIN_IPV4_RAW;
        found->outer = ip;
        found->router = (u32)found->addresses | (u64)1 << 32;
        ip += IPV4_BYTES + GRE_BYTES;
        if (UNLIKELY(!read_header(ip, wrong, total - IPV4_BYTES - GRE_BYTES, &total, &protocol, &found->addresses))) return 0;
    }
    found->ports = read32(ip + IPV4_BYTES);
    int room = total - IPV4_BYTES;
    if (LIKELY(protocol == PROTOCOL_TCP)) {
        if (room < TCP_BYTES) return 0;
        u32 offset_and_flags = read16(ip + IPV4_BYTES + 12), options = ((offset_and_flags & 0xF0) >> 2) - TCP_BYTES;
        found->tcp_flags = offset_and_flags >> 8;
        found->class = CLASS_TCP;
        return options <= (u32)room - TCP_BYTES;
    }
    if (protocol != PROTOCOL_UDP || room < UDP_BYTES) return 0;
    found->tcp_flags = 0;
    found->class = CLASS_UDP;
    return swap16(read16(ip + IPV4_BYTES + 4)) - (u32)UDP_BYTES <= (u32)room - UDP_BYTES;
}

#endif
