// The slow way: options in either header, optional fields of GRE, and everything that is wrong.
#include "pipeline.h"

static int header_bytes(const u8 *ip) { return (ip[0] & 0x0F) * 4; }

// Its fixed header can be read and is sane.
static int is_readable(const u8 *ip, const u8 *end, struct work *work)
{
    if (end - ip < IPV4_BYTES) return dropped(work, RUNT);
    if ((ip[0] & 0xF0) != 0x40 || header_bytes(ip) < IPV4_BYTES) return dropped(work, BAD_HEADER);
    return header_bytes(ip) <= end - ip || dropped(work, RUNT);
}

// Steps from the outer header to the inner one, if there is one.
static int step_into_gre(u8 **ip, const u8 *end, struct work *work)
{
    u8 *gre = *ip + header_bytes(*ip);
    if (end - gre < GRE_BYTES) return dropped(work, RUNT);
    if (read16(gre + 2) != ETHER_IPV4_RAW) return 1;
    int flags = swap16(read16(gre));
    if (flags & GRE_UNSUPPORTED) return dropped(work, GRE_NOT_SUPPORTED);
    u8 *inner = gre + GRE_BYTES + 4 * (!!(flags & GRE_CHECKSUM) + !!(flags & GRE_KEY) + !!(flags & GRE_SEQUENCE));
    if (inner > end) return dropped(work, RUNT);
    work->outer = *ip;
    *ip = inner;
    return is_readable(inner, end, work);
}

static int is_sound(const u8 *ip, int available, struct work *work)
{
    int total = swap16(read16(ip + 2));
    if (total < header_bytes(ip) || total > available) return dropped(work, BAD_LENGTH);
    return is_all_ones(ip, header_bytes(ip)) || dropped(work, BAD_CHECKSUM);
}

static int is_gre_sound(const u8 *inner, struct work *work)
{
    const u8 *gre = work->outer + header_bytes(work->outer);
    int total = swap16(read16(work->outer + 2)), bytes = total - header_bytes(work->outer);
    if (read16(work->outer + 6) & FRAGMENT_BITS_RAW) return dropped(work, FRAGMENT_UNKNOWN);
    int inner_total = swap16(read16(inner + 2));
    if (inner_total < header_bytes(inner) || inner_total > total - (inner - work->outer)) return dropped(work, BAD_LENGTH);
    if ((gre[0] & 0x80) && !is_all_ones(gre, bytes)) return dropped(work, BAD_CHECKSUM);
    return is_all_ones(inner, header_bytes(inner)) || dropped(work, BAD_CHECKSUM);
}

static int is_transport_sound(const u8 *ip, struct work *work)
{
    const u8 *transport = ip + header_bytes(ip);
    int room = swap16(read16(ip + 2)) - header_bytes(ip);
    if (read16(ip + 6) & FRAGMENT_BITS_RAW) return dropped(work, FRAGMENT_UNKNOWN);
    if (ip[9] == PROTOCOL_TCP) {
        if (room < TCP_BYTES) return dropped(work, RUNT);
        int bytes = (transport[12] >> 4) * 4;
        if (bytes < TCP_BYTES) return dropped(work, BAD_HEADER);
        return bytes <= room || dropped(work, BAD_LENGTH);
    }
    if (room < UDP_BYTES) return dropped(work, RUNT);
    int stated = swap16(read16(transport + 4));
    return (stated >= UDP_BYTES && stated <= room) || dropped(work, BAD_LENGTH);
}

NOINLINE void judge(const struct traffic *traffic, const struct slot *slot, struct work *work)
{
    *work = (struct work){ .service = -1, .backend = -1, .verdict = FORWARDED };
    u8 *ip = slot->data + ETHERNET_BYTES;
    const u8 *end = slot->data + slot->length;
    if (slot->length < ETHERNET_BYTES) return (void)dropped(work, RUNT);
    if (read16(slot->data + 12) != ETHER_IPV4_RAW) goto host;
    if (!is_readable(ip, end, work)) return;
    if (ip[9] == PROTOCOL_GRE && !step_into_gre(&ip, end, work)) return;
    const u8 *transport = ip + header_bytes(ip);
    int has_ports = (ip[9] == PROTOCOL_TCP || ip[9] == PROTOCOL_UDP) && transport + 4 <= end;
    if (has_ports) work->service = find_service(traffic, read32(ip + 16), ip[9], read16(transport + 2));
    if (work->service < 0) goto host;
    const u8 *first = work->outer != NULL ? work->outer : ip;
    if (!is_sound(first, (int)(end - first), work)) return;
    if (work->outer != NULL && !is_gre_sound(ip, work)) return;
    if (!is_transport_sound(ip, work)) return;
    work->length = swap16(read16(first + 2));
    work->tcp_flags = ip[9] == PROTOCOL_TCP ? transport[13] : 0;
    work->addresses = read64(ip + 12);
    work->rest = read32(transport) | (u64)(ip[9] == PROTOCOL_TCP ? CLASS_TCP : CLASS_UDP) << (32 + BACKEND_BITS);
    return;
host:
    work->verdict = HOST;
    work->reason = NO_SERVICE;
}
