// What is measured: tables and traffic as `rustyrail-dataplane bench --save FILE` wrote them. Dataplane/Host/Bench/SavedBench.cs has the same layout.
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include "bytes.h"
#include "hash.h"

struct ip_key {
    u64 high, low;
};

enum backend_flags { TAKES_ESTABLISHED = 2, HAS_NEXT_HOP = 4 };

struct backend {
    struct ip_key address, source;
    u8 macs[12];
    u16 mtu_bytes, pool;
    u8 flags, health, state, unused[13];
};
_Static_assert(sizeof(struct backend) == 64, "one cache line");

struct exact {
    struct ip_key vip;
    u16 port;
    u8 protocol, state;
    int service;
    u64 unused;
};
_Static_assert(sizeof(struct exact) == 32, "as the snapshot has it");

struct traffic_header {
    char magic[8];
    u64 key0, key1;
    u32 algorithm, services, backends, table_size;
    u32 flows, flow_entries, draws, batch;
    u32 frame_bytes, source_address_at, source_port_at, buffers;
    u32 headroom, buffer_bytes;
    u64 warm_up;
    u32 unused[10];
    u8 frame[128];
};
_Static_assert(sizeof(struct traffic_header) == 256, "as it is written");

struct traffic {
    struct traffic_header header;
    struct hash_key key;
    struct exact *exact;
    u32 exact_mask;
    struct backend *backends;
    u16 *table;
    // Flow numbers in the order of their packets, again from the first after the last; NULL: uniformly random ones.
    u32 *draws;
};

// Ends the program with one line if the file is not one.
struct traffic load_traffic(const char *path);

// Zeroed, page-aligned; shared as the dataplane's region is, or private.
void *map_memory(u64 bytes, int is_shared, const char *what);

INLINE u32 exact_hash(struct ip_key vip, u8 protocol, u16 port)
{
    u128 product = (u128)(vip.high ^ vip.low ^ (u64)port << 16 ^ protocol) * 0x9E3779B97F4A7C15;
    return (u32)(((u64)(product >> 64) ^ (u64)product) >> 24);
}

// destination and port in packet order; -1: no service.
INLINE int find_service(const struct traffic *traffic, u32 destination, u8 protocol, u16 port)
{
    const struct ip_key vip = { 0, 0xFFFF0000 | (u64)destination << 32 };
    for (u32 at = exact_hash(vip, protocol, port), left = traffic->exact_mask + 1; left > 0; at++, left--) {
        const struct exact *entry = traffic->exact + (at & traffic->exact_mask);
        if (entry->state == 0) return -1;
        if (((entry->vip.high ^ vip.high) | (entry->vip.low ^ vip.low) | (u64)(entry->protocol ^ protocol) | (u64)(entry->port ^ port)) == 0) return entry->service;
    }
    return -1;
}

#endif
