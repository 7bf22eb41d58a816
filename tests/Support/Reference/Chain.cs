using RustyRail.Contract.Region;

namespace RustyRail.Tests.Support.Reference;

/// <summary>From the IP header that names an address to what it carries: IPv6's chain of RFC 8200 section 4, with RFC 4302.</summary>
internal static class Chain
{
    private const int HopByHop = 0, Routing = 43, Fragment = 44, Authentication = 51, DestinationOptions = 60, Most = 8;

    /// <summary>Fills in what lies behind <see cref="Places.Inner"/>, up to <see cref="Places.InnerEnd"/>.</summary>
    public static Fate? Read(ReadOnlySpan<byte> frame, ref Places places)
    {
        ReadOnlySpan<byte> packet = frame[places.Inner..places.InnerEnd];
        if (packet.IsIpv6()) return ReadIpv6(packet, ref places);
        places.Transport = places.Inner + packet.HeaderBytes();
        places.Protocol = packet[9];
        places.FragmentOffset = packet.Word(6) & 0x1FFF;
        places.IsFragment = (packet.Word(6) & 0x3FFF) != 0;
        places.FragmentId = (uint)packet.Word(4);
        return null;
    }

    private static Fate? ReadIpv6(ReadOnlySpan<byte> packet, ref Places places)
    {
        int next = packet[6], at = 40;
        // What follows the fragment header of a later fragment is the middle of something.
        for (int steps = 0; places.FragmentOffset == 0 && next is HopByHop or Routing or Fragment or Authentication or DestinationOptions; steps++)
        {
            if (steps == Most) return Fate.Drop(Reason.BadHeader);
            if (packet.Length < at + 8) return Fate.Drop(Reason.Runt);
            int bytes = next switch { Fragment => 8, Authentication => (packet[at + 1] + 2) * 4, _ => (packet[at + 1] + 1) * 8 };
            if (packet.Length < at + bytes) return Fate.Drop(Reason.Runt);
            if (next == Routing && packet[at + 3] != 0) return Fate.Drop(Reason.BadHeader);
            if (next == Fragment)
            {
                places.FragmentOffset = packet.Word(at + 2) >> 3;
                places.IsFragment = (packet.Word(at + 2) & 0xFFF9) != 0;
                places.FragmentId = packet.Long(at + 4);
            }

            next = packet[at];
            at += bytes;
        }

        places.Protocol = next;
        places.Transport = places.Inner + at;
        return null;
    }
}
