using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;

namespace RustyRail.Tests.Support.Reference;

/// <summary>What headers in front of a packet to a backend must say.</summary>
internal static class OuterRules
{
    private const int NewTimeToLive = 64, DontFragment = 0x4000;

    /// <summary>None, or what is wrong.</summary>
    public static string? Problem(ReadOnlySpan<byte> frame, in Judgement judgement, in Decapsulator opened, ServiceSpec service, BackendContent backend)
    {
        ReadOnlySpan<byte> outer = opened.Outer;
        if (Address.SourceOf(outer) != Address.Of(backend.NextHop!.Source) || Address.DestinationOf(outer) != Address.Of(backend.Address)) return "not from us to the backend";
        if (service.Overlay is { } overlay && ProblemOfOverlay(opened.Between, overlay) is { } problem) return problem;
        if (service.Send == SendForm.Gre && ProblemOfGre(frame, judgement.Places, opened) is { } gre) return gre;
        if (judgement.Leaving.IsInPlace) return ProblemInPlace(frame[judgement.Places.First..judgement.Places.Gre], outer);
        bool isReplaced = judgement.Places.IsInGre && service.Send == SendForm.Gre;
        ReadOnlySpan<byte> like = isReplaced ? frame[judgement.Places.First..] : opened.Inner;
        if (outer.TimeToLive() != (isReplaced ? like.TimeToLive() - 1 : NewTimeToLive)) return $"TTL {outer.TimeToLive()}";
        if (outer.TrafficClass() != like.TrafficClass()) return $"traffic class {outer.TrafficClass():x2} around {like.TrafficClass():x2}";
        if (outer.IsIpv6()) return outer.Length == 40 ? null : "extension headers";
        return outer[0] == 0x45 && outer.Word(4) == 0 && outer.Word(6) == DontFragment ? null : "IPv4 header length, identification or fragment field";
    }

    /// <summary>TTL, addresses, checksum and DF are another's; the rest is as it came.</summary>
    private static string? ProblemInPlace(ReadOnlySpan<byte> came, ReadOnlySpan<byte> left)
    {
        byte[] expected = [.. came];
        expected[came.IsIpv6() ? 7 : 8]--;
        if (came.IsIpv6())
        {
            left[8..40].CopyTo(expected.AsSpan(8));
        }
        else
        {
            expected.AsSpan().SetWord(6, DontFragment);
            left[10..20].CopyTo(expected.AsSpan(10));
        }

        return left.SequenceEqual(expected) ? null : "more of the outer header differs than must";
    }

    /// <summary>Whole as the router made it, or plain.</summary>
    private static string? ProblemOfGre(ReadOnlySpan<byte> frame, in Places places, in Decapsulator opened)
    {
        if (places.IsInGre) return opened.Between.SequenceEqual(frame[places.Gre..places.Inner]) ? null : "another GRE header than the router's";
        return opened.Between.Length == 4 && opened.Between.Word(0) == 0 ? null : "a GRE header that is not plain";
    }

    private static string? ProblemOfOverlay(ReadOnlySpan<byte> between, OverlaySpec overlay)
    {
        long Mac(ReadOnlySpan<byte> bytes) => ((long)bytes.Word(0) << 32) | bytes.Long(2);
        if (between.Long(12) >> 8 != overlay.Vni) return $"VNI {between.Long(12) >> 8}";
        return Mac(between[16..]) == overlay.Destination && Mac(between[22..]) == overlay.Source ? null : "inner MAC addresses";
    }
}
