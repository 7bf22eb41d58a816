namespace RustyRail.Contract.Hashing;

/// <summary>The cluster's 128-bit secret and the number of the algorithm that uses it; equal on every node.</summary>
public readonly record struct FlowHashKey(ulong Key0, ulong Key1, int Algorithm)
{
    /// <summary>The 128-bit multiply-mix of <see cref="FlowHash"/>.</summary>
    public const int MultiplyMix = 1;

    /// <summary>The SipHash-1-3 of <see cref="SipFlowHash"/>.</summary>
    public const int SipHash13 = 2;
}
