// Wire formats: offsets, constants in packet order, the Internet checksum.
#ifndef PACKET_H
#define PACKET_H

#include "bytes.h"

enum { ETHERNET_BYTES = 14, IPV4_BYTES = 20, GRE_BYTES = 4, TCP_BYTES = 20, UDP_BYTES = 8 };
enum { PROTOCOL_TCP = 6, PROTOCOL_UDP = 17, PROTOCOL_GRE = 47 };
enum { TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RESET = 0x04, TCP_CHANGING = TCP_FIN | TCP_SYN | TCP_RESET };
enum { GRE_CHECKSUM = 0x8000, GRE_KEY = 0x2000, GRE_SEQUENCE = 0x1000, GRE_UNSUPPORTED = 0x4C07 };

#define ETHER_IPV4_RAW ((u16)0x0008)
#define GRE_PLAIN_IPV4_RAW ((u32)ETHER_IPV4_RAW << 16)
#define DONT_FRAGMENT_RAW ((u16)0x0040)
#define FRAGMENT_BITS_RAW ((u16)0xFF3F)
#define IPV4_WITHOUT_OPTIONS 0x45

// RFC 1071 on words as they lie in memory. A plain sum of words that are not all 0 is right exactly if it is a multiple of 0xFFFF: if its
// product with the inverse of that modulo 2^64 is small (Hacker's Delight, 10-17).
INLINE int is_valid_sum(u64 sum) { return sum * 0xFFFEFFFEFFFEFFFF <= UINT64_MAX / 0xFFFF; }

// For the checksum field, from a plain sum of the other words, which is not 0.
INLINE u16 finish_sum(u64 sum) { return (u16)(0xFFFE - (u32)((sum - 1) % 0xFFFF)); }

INLINE u64 sum_of(const u8 *bytes, int length)
{
    u64 sum = 0;
    const u8 *end = bytes + (length & ~3);
    for (; bytes < end; bytes += 4) sum += read32(bytes);
    if (length & 2) sum += read16(bytes), bytes += 2;
    return length & 1 ? sum + *bytes : sum;
}

INLINE int is_all_ones(const u8 *bytes, int length)
{
    u64 sum = sum_of(bytes, length);
    return sum != 0 && is_valid_sum(sum);
}

#endif
