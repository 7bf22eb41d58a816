// The keyed hash of a flow: algorithm 1 and 2 of Contract/Hashing.
#ifndef HASH_H
#define HASH_H

#include "bytes.h"

enum hash_algorithm { MULTIPLY_MIX = 1, SIP_HASH_1_3 = 2 };

struct hash_key {
    u64 key0, key1;
};

// addresses: source low, destination high; rest: ports low, flow class high.
INLINE u64 multiply_mix(struct hash_key key, u64 addresses, u64 rest)
{
    u64 left = addresses ^ key.key0, right = rest ^ key.key1 ^ 0x9E3779B97F4A7C15;
    u128 first = (u128)left * right;
    u64 left1 = (u64)(first >> 64) ^ addresses ^ key.key1, right1 = (u64)first ^ rest ^ key.key0 ^ 0x6A09E667F3BCC909;
    u128 second = (u128)left1 * right1;
    return (u64)(second >> 64) ^ (u64)second;
}

INLINE u64 rotate(u64 value, int bits) { return value << bits | value >> (64 - bits); }

#define SIP_ROUND(v0, v1, v2, v3) \
    v0 += v1, v2 += v3, v1 = rotate(v1, 13) ^ v0, v3 = rotate(v3, 16) ^ v2, v0 = rotate(v0, 32), \
    v2 += v1, v0 += v3, v1 = rotate(v1, 17) ^ v2, v3 = rotate(v3, 21) ^ v0, v2 = rotate(v2, 32)

// SipHash-1-3 of the sixteen bytes of both words.
INLINE u64 sip_hash_1_3(struct hash_key key, u64 addresses, u64 rest)
{
    const u64 words[] = { addresses, rest, (u64)16 << 56 };
    u64 v0 = key.key0 ^ 0x736f6d6570736575, v1 = key.key1 ^ 0x646f72616e646f6d;
    u64 v2 = key.key0 ^ 0x6c7967656e657261, v3 = key.key1 ^ 0x7465646279746573;
    for (int i = 0; i < 3; i++) {
        v3 ^= words[i];
        SIP_ROUND(v0, v1, v2, v3);
        v0 ^= words[i];
    }
    v2 ^= 0xFF;
    for (int i = 0; i < 3; i++) SIP_ROUND(v0, v1, v2, v3);
    return v0 ^ v1 ^ v2 ^ v3;
}

INLINE u64 hash_of(enum hash_algorithm algorithm, struct hash_key key, u64 addresses, u64 rest)
{
    return algorithm == SIP_HASH_1_3 ? sip_hash_1_3(key, addresses, rest) : multiply_mix(key, addresses, rest);
}

// 0 .. size-1 by the high half.
INLINE u32 reduce(u64 hash, u32 size) { return (u32)(((hash >> 32) * size) >> 32); }

#endif
