using RustyRail.Contract;

namespace RustyRail.Tests.Support.Reference;

/// <summary>Where first fragments went, for those that show no ports.</summary>
internal sealed class FragmentBook
{
    private const long LifeMilliseconds = 30_000;

    /// <summary>As many are never too many for the table, which may forget some beyond that.</summary>
    private const int Sure = 4;

    private readonly Dictionary<(Address, Address, uint, int), Went> _first = [];

    /// <summary>A first fragment's way is forgotten with its backend or service.</summary>
    public void Adopt(JudgedCatalogue catalogue)
    {
        foreach ((var key, Went went) in _first)
        {
            if (went.IsHost) continue;
            bool isKept = Array.Exists(catalogue.Backends, backend => backend.Id == went.Backend && backend.TakesEstablished)
                && Array.Exists(catalogue.Services, service => service.Id == went.Service);
            if (!isKept) _first.Remove(key);
        }
    }

    public void Remember(ReadOnlySpan<byte> frame, in Places places, JudgedCatalogue catalogue, int service, int backend, long now) =>
        _first[KeyOf(frame, places)] = new(catalogue.Services[service].Id, catalogue.Backends[backend].Id, now + LifeMilliseconds);

    public void RememberHost(ReadOnlySpan<byte> frame, in Places places, long now) =>
        _first[KeyOf(frame, places)] = new(default, default, now + LifeMilliseconds) { IsHost = true };

    /// <param name="service">None: the host.</param>
    /// <param name="isSure">The table cannot have forgotten it.</param>
    public bool TryFind(ReadOnlySpan<byte> frame, in Places places, JudgedCatalogue catalogue, long now, out int service, out int backend, out bool isSure)
    {
        (service, backend) = (JudgedCatalogue.None, JudgedCatalogue.None);
        isSure = _first.Count <= Sure;
        if (!_first.TryGetValue(KeyOf(frame, places), out Went went) || went.Until <= now) return false;
        if (went.IsHost) return true;
        service = Array.FindIndex(catalogue.Services, one => one.Id == went.Service);
        backend = Array.FindIndex(catalogue.Backends, one => one.Id == went.Backend);
        return true;
    }

    /// <summary>Lest a long run fills the memory.</summary>
    public void Prune(long now)
    {
        foreach ((var key, Went went) in _first)
        {
            if (went.Until <= now) _first.Remove(key);
        }
    }

    /// <summary>RFC 791 section 3.2; of IPv6 without the protocol (RFC 8200 section 4.5).</summary>
    private static (Address, Address, uint, int) KeyOf(ReadOnlySpan<byte> frame, in Places places)
    {
        ReadOnlySpan<byte> ip = frame[places.Inner..];
        return (Address.SourceOf(ip), Address.DestinationOf(ip), places.FragmentId, ip.IsIpv6() ? 0 : places.Protocol);
    }

    private readonly record struct Went(ServiceId Service, BackendId Backend, long Until)
    {
        public bool IsHost { get; init; }
    }
}
