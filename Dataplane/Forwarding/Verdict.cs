namespace RustyRail.Dataplane.Forwarding;

/// <summary>What becomes of a packet. Names are a contract (replay prints them in lower case).</summary>
internal enum Verdict : byte { Forwarded, Host, Answered, Dropped }
