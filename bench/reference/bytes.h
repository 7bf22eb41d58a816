// Unaligned words of packets, read and written as they lie in memory.
#ifndef BYTES_H
#define BYTES_H

#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))
#define NOINLINE __attribute__((noinline))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
__extension__ typedef unsigned __int128 u128;

INLINE u16 read16(const void *from) { u16 value; memcpy(&value, from, sizeof value); return value; }
INLINE u32 read32(const void *from) { u32 value; memcpy(&value, from, sizeof value); return value; }
INLINE u64 read64(const void *from) { u64 value; memcpy(&value, from, sizeof value); return value; }
INLINE void write16(void *to, u16 value) { memcpy(to, &value, sizeof value); }
INLINE void write32(void *to, u32 value) { memcpy(to, &value, sizeof value); }
INLINE void write64(void *to, u64 value) { memcpy(to, &value, sizeof value); }

INLINE u16 swap16(u16 value) { return __builtin_bswap16(value); }

#endif
