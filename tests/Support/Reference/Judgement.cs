namespace RustyRail.Tests.Support.Reference;

/// <summary>What must become of one frame, and all that the judge found on the way.</summary>
internal ref struct Judgement
{
    public Fate Fate;
    public Places Places;
    public Meaning Meaning;
    public Leaving Leaving;

    /// <summary>None as long as no rule came to choose one.</summary>
    public int Service, Backend;

    /// <summary>For a VIP or broken: a port's filter keeps it from the host.</summary>
    public bool IsOurs;

    /// <summary>The pipeline claims a service or backend that no rule allows.</summary>
    public bool IsOdd;
}

/// <summary>What the pipeline says it chose: indices in the catalogue, None where it chose nothing.</summary>
internal readonly record struct Claim(int Service, int Backend);
