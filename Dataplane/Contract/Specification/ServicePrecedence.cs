namespace RustyRail.Contract.Specification;

/// <summary>
/// Which of several matching services gets a packet: the longest prefix, then a named protocol before "any", then one port before a range before "any".
/// Sorted this way (most specific first), the first match is the right one; services that tie and overlap are refused by <see cref="ServiceRules"/>.
/// </summary>
public sealed class ServicePrecedence : IComparer<ServiceSpec>
{
    public static ServicePrecedence MostSpecificFirst { get; } = new();

    public int Compare(ServiceSpec? x, ServiceSpec? y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        int bySpecificity = Rank(y).CompareTo(Rank(x));
        return bySpecificity != 0 ? bySpecificity : x.Id.CompareTo(y.Id);
    }

    /// <summary>Some packet matches both and nothing ranks one before the other.</summary>
    public static bool Conflict(ServiceSpec a, ServiceSpec b) =>
        a.Vip.Equals(b.Vip) && a.Protocol == b.Protocol && Rank(a) == Rank(b) && a.Ports.From <= b.Ports.To && b.Ports.From <= a.Ports.To;

    private static (int PrefixLength, bool NamesProtocol, int PortRank) Rank(ServiceSpec service) =>
        (service.Vip.PrefixLength, service.Protocol != Protocol.Any, service.Ports.IsAny ? 0 : service.Ports.IsSingle ? 2 : 1);
}
