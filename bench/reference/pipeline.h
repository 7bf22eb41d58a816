// The packet path: one batch through match, choice, rewrite and transmission.
#ifndef PIPELINE_H
#define PIPELINE_H

#include "flows.h"
#include "packet.h"
#include "wire.h"

enum { BATCH = 64, RECENT_ENTRIES = 8192, REASONS = 32 };
// Numbers as Dataplane/Forwarding/Verdict.cs and Contract/Region/Reason.cs have them.
enum verdict { FORWARDED = 0, HOST = 1, DROPPED = 3 };
enum reason { NO_REASON, RUNT, BAD_LENGTH, BAD_CHECKSUM, BAD_HEADER, FRAGMENT_UNKNOWN, GRE_NOT_SUPPORTED, NO_SERVICE = 8, NO_NEXT_HOP = 10, TOO_BIG = 11, TTL_EXPIRED = 12 };

// One packet's way through the passes.
struct work {
    u64 addresses, rest, hash;
    // Outer IPv4 header of router-made GRE; NULL for a plain packet.
    u8 *outer;
    int service, backend;
    u16 length;
    u8 verdict, reason, tcp_flags;
};

// A flow's entry and what was found out about its packets on the way to it; see Dataplane/Tables/RecentFlows.cs.
struct recent_flow {
    struct flow_entry entry;
    u64 router;
    int service, unused;
};

struct traffic_counters {
    u64 packets, bytes, new_flows, unused;
};

struct totals {
    u64 received, received_bytes, forwarded, forwarded_bytes, host, dropped, flow_hits, flow_misses, inserted, displaced, expired;
    u64 reasons[REASONS];
};

// What the compiler specialises the packet path for; flow_table is on in the dataplane, recent flows may pay or not.
struct mode {
    enum hash_algorithm hash;
    int flow_table, recent;
};

struct pipeline {
    const struct traffic *traffic;
    struct wire wire;
    struct flow_table flows;
    struct recent_flow *recent;
    struct traffic_counters *services, *backends;
    struct totals totals;
    long long now, swept_at;
    u32 sweep_next, misses;
    // Check mode: called with every batch before it leaves.
    void (*show)(const struct pipeline *pipeline, int count);
    struct slot slots[BATCH];
    struct work work[BATCH];
};

struct pipeline *open_pipeline(const struct traffic *traffic, int is_shared);

// Only the simulated NIC.
void run_nic(struct pipeline *pipeline, u64 packets);

// Sends that many packets through.
void run(struct pipeline *pipeline, struct mode mode, u64 packets);

// Monotonic milliseconds of the coarse clock, as the dataplane reads it once per batch.
long long milliseconds(void);

// Any packet, slowly: finds service and key, or the verdict; the hash is the caller's.
void judge(const struct traffic *traffic, const struct slot *slot, struct work *work);

// The whole choice for a packet whose flow is not known to be established and quiet; 0: the packet is dropped.
int choose(struct pipeline *pipeline, struct work *work, struct flow_entry *entry);

// With IPv4 options, plain, or not to be forwarded; 0: dropped.
int rewrite_other(struct slot *slot, struct work *work, const struct backend *backend);

// Frees what is idle, 64 buckets for each millisecond since the last time.
void sweep(struct pipeline *pipeline);

INLINE int dropped(struct work *work, enum reason reason)
{
    work->verdict = DROPPED;
    work->reason = (u8)reason;
    return 0;
}

// first: version to fragment bits; middle: TTL and protocol, 0 where the checksum goes.
INLINE void write_header(u8 *header, u64 first, u32 middle, const struct backend *backend)
{
    u32 source = (u32)(backend->source.low >> 32), destination = (u32)(backend->address.low >> 32);
    u64 sum = (u32)first + (first >> 32) + middle + source + destination;
    write64(header, first);
    write64(header + 8, middle | (u32)finish_sum(sum) << 16 | (u64)source << 32);
    write32(header + 16, destination);
}

INLINE void write_macs(u8 *frame, const struct backend *backend) { memcpy(frame, backend->macs, sizeof backend->macs); }

#endif
