// What only some packets need: new and changing flows, headers with options or without a tunnel, idle entries.
#include "pipeline.h"

static enum flow_state state_of_new(u8 tcp_flags, u32 class)
{
    if (class != CLASS_TCP) return STATE_ESTABLISHED;
    if (tcp_flags & TCP_SYN) return STATE_OPENING;
    return tcp_flags & (TCP_FIN | TCP_RESET) ? STATE_CLOSING : STATE_ESTABLISHED;
}

static enum flow_state state_after(enum flow_state state, u8 tcp_flags, u32 class)
{
    if (class != CLASS_TCP) return STATE_ESTABLISHED;
    if (tcp_flags & (TCP_FIN | TCP_RESET)) return STATE_CLOSING;
    return state == STATE_OPENING && !(tcp_flags & TCP_SYN) ? STATE_ESTABLISHED : state;
}

static int has_next_hop(const struct traffic *traffic, struct work *work)
{
    return (traffic->backends[work->backend].flags & HAS_NEXT_HOP) || dropped(work, NO_NEXT_HOP);
}

int choose(struct pipeline *pipeline, struct work *work, struct flow_entry *entry)
{
    const struct traffic *traffic = pipeline->traffic;
    u32 class = (u32)(work->rest >> (32 + BACKEND_BITS)), now = (u32)(pipeline->now / TIME_UNIT_MILLISECONDS) & TIME_MASK;
    if (entry != NULL) {
        u32 meta = entry_meta(entry), backend = meta & BACKEND_MASK;
        enum flow_state state = meta >> 28;
        int is_reopened = state == STATE_CLOSING && (work->tcp_flags & TCP_SYN);
        if (backend < traffic->header.backends && (traffic->backends[backend].flags & TAKES_ESTABLISHED) && !is_reopened) {
            u32 after = meta_of(backend, class, now, state_after(state, work->tcp_flags, class));
            if (after != meta) entry->rest = (u32)entry->rest | (u64)after << 32;
            work->backend = (int)backend;
            return has_next_hop(traffic, work);
        }
    }
    pipeline->misses++;
    u32 backend = traffic->table[reduce(work->hash, traffic->header.table_size)];
    work->backend = (int)backend;
    pipeline->services[work->service].new_flows++;
    pipeline->backends[backend].new_flows++;
    u32 meta = meta_of(backend, class, now, state_of_new(work->tcp_flags, class));
    if (entry != NULL) {
        entry->rest = (u32)entry->rest | (u64)meta << 32;
    } else {
        pipeline->totals.inserted++;
        pipeline->totals.displaced += (u64)insert_flow(&pipeline->flows, work->hash, work->addresses, work->rest, meta, now);
    }
    return has_next_hop(traffic, work);
}

static void rewrite_with_options(u8 *outer, const struct backend *backend)
{
    int bytes = (outer[0] & 0x0F) * 4;
    outer[8]--;
    write16(outer + 6, DONT_FRAGMENT_RAW);
    write32(outer + 12, (u32)(backend->source.low >> 32));
    write32(outer + 16, (u32)(backend->address.low >> 32));
    write16(outer + 10, 0);
    write16(outer + 10, finish_sum(sum_of(outer, bytes)));
}

NOINLINE int rewrite_other(struct slot *slot, struct work *work, const struct backend *backend)
{
    enum { OVERHEAD = IPV4_BYTES + GRE_BYTES };
    int length = work->length + (work->outer != NULL ? 0 : OVERHEAD);
    if (work->outer != NULL && work->outer[8] <= 1) return dropped(work, TTL_EXPIRED);
    if (length > backend->mtu_bytes || slot->headroom < OVERHEAD) return dropped(work, TOO_BIG);
    if (work->outer != NULL) {
        rewrite_with_options(work->outer, backend);
    } else {
        // RFC 6040 section 4.1: DSCP and ECN as inside.
        u64 first = IPV4_WITHOUT_OPTIONS | (u64)slot->data[ETHERNET_BYTES + 1] << 8 | (u64)swap16((u16)length) << 16 | (u64)DONT_FRAGMENT_RAW << 48;
        slot->data -= OVERHEAD;
        slot->headroom -= OVERHEAD;
        write_header(slot->data + ETHERNET_BYTES, first, 64 | PROTOCOL_GRE << 8, backend);
        write32(slot->data + ETHERNET_BYTES + IPV4_BYTES, GRE_PLAIN_IPV4_RAW);
        write16(slot->data + 12, ETHER_IPV4_RAW);
    }
    write_macs(slot->data, backend);
    slot->length = ETHERNET_BYTES + length;
    return 1;
}

NOINLINE void sweep(struct pipeline *pipeline)
{
    u64 buckets = (pipeline->flows.offset_mask >> 6) + 1;
    u64 due = (u64)(pipeline->now - pipeline->swept_at) * 64;
    if (due > 2048) due = 2048;
    if (due > buckets) due = buckets;
    pipeline->swept_at = pipeline->now;
    u32 now = (u32)(pipeline->now / TIME_UNIT_MILLISECONDS) & TIME_MASK;
    for (; due > 0; due--) {
        struct flow_entry *bucket = (struct flow_entry *)(pipeline->flows.entries + ((u64)pipeline->sweep_next << 6));
        for (int i = 0; i < ENTRIES_PER_BUCKET; i++) {
            u32 meta = entry_meta(bucket + i), backend = meta & BACKEND_MASK;
            if (class_of(meta) == CLASS_EMPTY) continue;
            int is_kept = backend < pipeline->traffic->header.backends && (pipeline->traffic->backends[backend].flags & TAKES_ESTABLISHED);
            if (is_kept && !is_expired(meta, now)) continue;
            bucket[i].rest &= UINT32_MAX;
            pipeline->totals.expired++;
        }
        pipeline->sweep_next = (u32)((pipeline->sweep_next + 1) & (buckets - 1));
    }
}
