namespace RustyRail.Dataplane.Forwarding;

/// <summary>What becomes of a packet. Names are a contract (replay prints them in lower case).</summary>
internal enum Verdict : byte { Forwarded, Host, Answered, Dropped }

internal static class VerdictNames
{
    private static readonly string[] Names = ["forwarded", "host", "answered", "dropped"];

    public static string Name(this Verdict verdict) => Names[(int)verdict];
}
