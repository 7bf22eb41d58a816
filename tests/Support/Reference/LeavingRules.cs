using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Forwarding;

namespace RustyRail.Tests.Support.Reference;

/// <summary>Whether a frame left as its judgement says.</summary>
internal static class LeavingRules
{
    /// <summary>None, or what is wrong.</summary>
    public static string? Problem(ReadOnlySpan<byte> frame, in Judgement judgement, JudgedCatalogue catalogue, ReadOnlySpan<byte> left) => judgement.Fate switch
    {
        { Verdict: Verdict.Forwarded } => ProblemForwarded(frame, judgement, catalogue.Services[judgement.Service], catalogue.Backends[judgement.Backend], left),
        { Reason: Reason.Echo } => EchoRules.Problem(frame, judgement.Places, left),
        { Verdict: Verdict.Answered } => TooBigRules.Problem(frame, judgement.Places, judgement.Leaving.Largest, left),
        _ => left.SequenceEqual(frame) ? null : "its bytes were changed",
    };

    private static string? ProblemForwarded(ReadOnlySpan<byte> frame, in Judgement judgement, ServiceSpec service, BackendContent backend, ReadOnlySpan<byte> left)
    {
        if (left.Length != judgement.Places.First + judgement.Leaving.Bytes) return $"{left.Length} bytes, not {judgement.Places.First + judgement.Leaving.Bytes}";
        ReadOnlySpan<byte> ip = left[judgement.Places.First..];
        if (Envelope.Problem(frame, judgement.Places, left, backend.NextHop!, ip.IsIpv6()) is { } problem) return problem;
        Decapsulator opened = default;
        if (opened.Open(ip, service.Send) is { } closed) return closed;
        if (InnerRules.Problem(frame, judgement, service, opened.Inner) is { } inner) return $"the inner packet: {inner}";
        return service.Send == SendForm.L2 ? null : OuterRules.Problem(frame, judgement, opened, service, backend);
    }
}
