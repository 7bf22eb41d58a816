using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;

namespace RustyRail.Tests.Support.Reference;

/// <summary>docs/design/packet-classes.md, "How it leaves": whether it can, and how long it is then.</summary>
internal struct Leaving
{
    /// <summary>Of the IP packet to the backend.</summary>
    public int Bytes;

    /// <summary>The largest packet for the VIP that gets to the backend.</summary>
    public int Largest;

    /// <summary>The headers before the packet are rewritten where they are.</summary>
    public bool IsInPlace;

    public static Fate Of(ReadOnlySpan<byte> frame, in Places places, SendForm form, BackendContent backend, int bufferBytes, ref Leaving leaving)
    {
        int mtu = backend.NextHop!.MtuBytes;
        bool isIpv6 = backend.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        bool staysGre = places.IsInGre && form == SendForm.Gre;
        leaving.IsInPlace = staysGre && frame[places.First..].IsIpv6() == isIpv6;
        int before = leaving.IsInPlace ? places.Inner - places.First : staysGre ? HeaderBytes(isIpv6) + places.Inner - places.Gre : Overhead(form, isIpv6);
        // GRE that goes on takes along what lies behind the packet in it.
        leaving.Bytes = before + (staysGre ? places.FirstEnd - places.Inner : places.InnerBytes);
        leaving.Largest = mtu - before;
        if (staysGre && frame[places.First..].TimeToLive() <= 1) return Fate.Drop(Reason.TtlExpired);
        if (leaving.Bytes > mtu) return Fate.Drop(Reason.TooBig);
        if (places.IsInGre && !staysGre && !Congestion.CanCross(frame[places.First..], frame[places.Inner..])) return Fate.Drop(Reason.BadHeader);
        return places.First + leaving.Bytes > bufferBytes ? Fate.Drop(Reason.TooBig) : Fate.Forwarded;
    }

    /// <summary>Of new headers in front of a packet.</summary>
    public static int Overhead(SendForm form, bool isIpv6) => form switch
    {
        SendForm.L2 => 0,
        SendForm.Ipip => HeaderBytes(isIpv6),
        SendForm.Gre => HeaderBytes(isIpv6) + 4,
        SendForm.Gue => HeaderBytes(isIpv6) + 8 + 4,
        _ => HeaderBytes(isIpv6) + 8 + 8 + 14,
    };

    private static int HeaderBytes(bool isIpv6) => isIpv6 ? 40 : 20;
}
