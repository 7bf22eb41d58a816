// The simulated NIC: copies a template frame into a recycled buffer and makes it one of many flows. As Dataplane/Ports/Memory does.
#ifndef WIRE_H
#define WIRE_H

#include "packet.h"
#include "traffic.h"

struct slot {
    u8 *data;
    int length, headroom, tailroom, tunnel_bytes;
    u64 cookie;
};

struct wire {
    const struct traffic *traffic;
    u8 *buffers;
    int *free;
    int free_count;
    u32 next_draw;
    u64 state;
    u64 left, transmitted;
};

INLINE u32 next_flow(struct wire *wire, const u32 *draws)
{
    if (draws != NULL) {
        if (wire->next_draw >= wire->traffic->header.draws) wire->next_draw = 0;
        return draws[wire->next_draw++];
    }
    wire->state = wire->state * 6364136223846793005 + 1442695040888963407;
    return (u32)((wire->state >> 32) * wire->traffic->header.flows >> 32);
}

// RFC 1624; the checksum stands right before the source address.
INLINE void set_source(u8 *at, u32 address)
{
    u32 before = read32(at), after = __builtin_bswap32(address);
    u32 sum = (u16)~read16(at - 2) + (u32)(u16)~before + (u16)~(before >> 16) + (after & 0xFFFF) + (after >> 16);
    sum = (sum & 0xFFFF) + (sum >> 16);
    sum = (sum & 0xFFFF) + (sum >> 16);
    write16(at - 2, (u16)~sum);
    write32(at, after);
}

// Small frames in a few wide moves, the last of which ends where the frame does.
INLINE void copy_frame(u8 *to, const u8 *from, int length)
{
    enum { WIDE = 32, SMALL = 256 };
    if (UNLIKELY(length < WIDE || length > SMALL)) {
        memcpy(to, from, (size_t)length);
        return;
    }
    for (int at = 0; at < length - WIDE; at += WIDE) memcpy(to + at, from + at, WIDE);
    memcpy(to + length - WIDE, from + length - WIDE, WIDE);
}

INLINE void take(struct wire *wire, struct slot *slot, u32 flow)
{
    const struct traffic_header *header = &wire->traffic->header;
    int buffer = wire->free[--wire->free_count], length = (int)header->frame_bytes;
    u8 *data = wire->buffers + (u64)(u32)buffer * header->buffer_bytes + header->headroom;
    copy_frame(data, header->frame, length);
    set_source(data + header->source_address_at, 0x0A000001 + flow / 16384);
    write16(data + header->source_port_at, swap16((u16)(1024 + flow % 16384)));
    int headroom = (int)header->headroom;
    *slot = (struct slot){ .data = data, .length = length, .headroom = headroom, .tailroom = (int)header->buffer_bytes - headroom - length, .cookie = (u64)buffer };
}

INLINE int receive(struct wire *wire, struct slot *batch, int size)
{
    int count = size < wire->free_count ? size : wire->free_count;
    if ((u64)count > wire->left) count = (int)wire->left;
    const u32 *draws = wire->traffic->draws;
    for (int i = 0; i < count; i++) take(wire, batch + i, next_flow(wire, draws));
    wire->left -= (u64)count;
    return count;
}

INLINE void give(struct wire *wire, const struct slot *slot) { wire->free[wire->free_count++] = (int)slot->cookie; }

INLINE void transmit(struct wire *wire, const struct slot *slots, int count)
{
    for (int i = 0; i < count; i++) give(wire, slots + i);
    wire->transmitted += (u64)count;
}

#endif
