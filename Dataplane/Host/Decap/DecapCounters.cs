using System.Text;

namespace RustyRail.Dataplane.Host.Decap;

/// <summary>One count per outcome. Owner: the receiving thread; others read, a little late.</summary>
internal sealed class DecapCounters
{
    private static readonly DecapReason[] _reasons = Enum.GetValues<DecapReason>();
    private readonly long[] _counts = new long[_reasons.Length];

    public long this[DecapReason reason] => Volatile.Read(ref _counts[(int)reason]);

    public void Count(DecapReason reason) => Add(reason, 1);

    public void Add(DecapReason reason, long packets) => Volatile.Write(ref _counts[(int)reason], _counts[(int)reason] + packets);

    /// <summary>Strangers' packets went on to the kernel instead of being dropped.</summary>
    public bool StrangersPass { get; init; }

    /// <summary>One line for people: <c>received 12, delivered 10, dropped 2 (runt 1, sourceNotAllowed 1)</c>.</summary>
    public override string ToString()
    {
        long strangers = StrangersPass ? this[DecapReason.SourceNotAllowed] : 0;
        long dropped = 0;
        StringBuilder reasons = new();
        foreach (DecapReason reason in _reasons)
        {
            long count = this[reason];
            if (reason == DecapReason.Delivered || count == 0 || (StrangersPass && reason == DecapReason.SourceNotAllowed)) continue;
            dropped += count;
            reasons.Append(reasons.Length == 0 ? " (" : ", ").Append(NameOf(reason)).Append(' ').Append(count);
        }

        if (reasons.Length > 0) reasons.Append(')');
        long delivered = this[DecapReason.Delivered];
        string passed = strangers > 0 ? $", left to the kernel {strangers} ({NameOf(DecapReason.SourceNotAllowed)} {strangers})" : "";
        return $"received {delivered + dropped + strangers}, delivered {delivered}, dropped {dropped}{reasons}{passed}";
    }

    private static string NameOf(DecapReason reason)
    {
        string name = reason.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
