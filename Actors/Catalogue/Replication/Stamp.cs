namespace RustyRail.Actors.Catalogue.Replication;

/// <summary>
/// When an edit was made, in the order of a counter rather than a clock: one more than the highest that its author had seen. Equal counters of
/// concurrent edits are ordered by node name, so that every node orders them alike.
/// </summary>
internal readonly record struct Stamp(long Counter, string Node) : IComparable<Stamp>
{
    public int CompareTo(Stamp other)
    {
        int byCounter = Counter.CompareTo(other.Counter);
        return byCounter != 0 ? byCounter : string.CompareOrdinal(Node, other.Node);
    }

    public override string ToString() => $"{Counter}@{Node}";
}
