using System.Text;
using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Packets;

namespace RustyRail.Tests.Support.Golden;

/// <summary>What became of a frame, in the words that <c>replay</c> prints.</summary>
/// <param name="Reason">Null for what was forwarded.</param>
/// <param name="Bytes">As it left, or as the host got it; null if that was not seen.</param>
internal sealed record GoldenOutcome(string Verdict, string? Reason, string? Service, string? Backend, byte[]? Bytes)
{
    /// <summary>Null if it is as the table says.</summary>
    /// <param name="before">What became of the case's earlier frames.</param>
    public string? Problem(GoldenFrame frame, IReadOnlyList<GoldenOutcome> before)
    {
        GoldenExpectation expected = frame.Expected;
        string? reason = expected.Reason == Contract.Region.Reason.None ? null : expected.Reason.Name();
        if (Verdict != expected.Verdict || Reason != reason) return $"frame {before.Count}: {Verdict} {Reason} {Service}, expected {expected} {expected.Service}";
        if (Verdict == "forwarded" && ChoiceProblem(expected, before) is { } choice) return $"frame {before.Count}: {choice}";
        if (Verdict == "host" && Bytes != null && !Bytes.AsSpan().SequenceEqual(frame.Input))
            return $"frame {before.Count}: the host's frame was changed{Difference(frame.Input, Bytes)}";
        if (!expected.Leaves || expected.Frame == null) return null;
        if (Bytes == null) return $"frame {before.Count}: nothing left";
        byte[] bytes = expected.Frame(Unstated.Of(Bytes, GoldenServer.Named(Backend ?? GoldenServer.Four1.Name))).Build();
        return bytes.AsSpan().SequenceEqual(Bytes) ? null : $"frame {before.Count}: another frame left{Difference(bytes, Bytes)}";
    }

    private string? ChoiceProblem(GoldenExpectation expected, IReadOnlyList<GoldenOutcome> before)
    {
        if (Service != expected.Service) return $"service {Service}, expected {expected.Service}";
        if (!expected.Backends.Any(server => server.Name == Backend))
            return $"backend {Backend}, expected one of {string.Join(", ", expected.Backends.Select(server => server.Name))}";
        return expected.BackendOf is { } other && before[other].Backend != Backend ? $"backend {Backend}, expected that of frame {other}, {before[other].Backend}" : null;
    }

    private static string Difference(byte[] expected, byte[] actual)
    {
        int at = expected.AsSpan().CommonPrefixLength(actual);
        return new StringBuilder().AppendLine($" (from byte {at}; {actual.Length} bytes, expected {expected.Length})")
            .AppendLine($"  expected {Around(expected, at)}").Append($"  left     {Around(actual, at)}").ToString();
    }

    /// <summary>All before that byte, and some of what follows.</summary>
    private static string Around(byte[] bytes, int at)
    {
        ReadOnlySpan<byte> rest = bytes.AsSpan(at);
        return $"{Convert.ToHexString(bytes.AsSpan(0, at))}|{Convert.ToHexString(rest[..Math.Min(48, rest.Length)])}";
    }
}
