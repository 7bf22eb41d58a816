using System.Collections.Immutable;
using System.Net;
using RustyRail.Contract;
using RustyRail.Contract.Specification;

namespace RustyRail.ControlPlane.Configuration;

/// <summary>
/// The first version's way: RR_TARGET_IPS spreads every GRE packet over some servers, whichever family is inside. No ports are known, so health is <c>none</c> or <c>icmp</c>
/// (RR_HEALTH); none by default, since a target that does not answer ping got its share in the first version too.
/// </summary>
internal sealed record TargetCatalogue(ImmutableArray<string> Targets, HealthCheckType Health)
{
    private static readonly PoolId Pool = new("targets");

    /// <summary>Whether some target must be asked of the resolver, now and again.</summary>
    public bool HasNames => Targets.Any(target => !IPAddress.TryParse(target, out _));

    public static TargetCatalogue? Read(EnvironmentVariables environment, ImmutableArray<string>.Builder errors)
    {
        if (environment[EnvironmentVariables.TargetIps] is not { } setting)
        {
            if (environment[EnvironmentVariables.Health] is { } unused)
            {
                errors.Add($"{unused.Origin}: means nothing without {EnvironmentVariables.TargetIps}; pools say their own health check in services.json");
            }

            return null;
        }

        var targets = ImmutableArray.CreateBuilder<string>();
        foreach (string target in setting.Text.Split(';', StringSplitOptions.TrimEntries))
        {
            if (Problem(target, targets) is { } problem) errors.Add($"{setting.Origin}: {problem}");
            targets.Add(target);
        }

        return new TargetCatalogue(targets.ToImmutable(), HealthOf(environment[EnvironmentVariables.Health], errors));
    }

    /// <summary>The catalogue for the addresses that the targets stand for now; several addresses of one name are several backends.</summary>
    public CatalogueSpec Catalogue(IReadOnlyList<(string Target, IPAddress Address)> resolved)
    {
        ImmutableSortedDictionary<BackendId, BackendSpec> backends = resolved
            .Select(entry => new BackendSpec(new BackendId(Pool, NameOf(entry.Target, entry.Address)), entry.Address, BackendSpec.DefaultWeight, BackendState.Active))
            .ToImmutableSortedDictionary(backend => backend.Id, backend => backend);
        var pool = new PoolSpec(Pool, PoolSpec.DefaultTableSize, HealthSpec.None with { Type = Health }, 1, OnTooFew.KeepAll, backends);
        return new CatalogueSpec(
            CatalogueSpec.Empty.Pools.Add(pool.Id, pool),
            CatalogueSpec.Empty.Services.AddRange(
                from service in (ServiceSpec[])[CatchAll("targets", IPAddress.Any), CatchAll("targets6", IPAddress.IPv6Any)]
                select KeyValuePair.Create(service.Id, service)));
    }

    private static ServiceSpec CatchAll(string name, IPAddress any) =>
        new(new ServiceId(name), new IPNetwork(any, 0), Protocol.Any, PortRange.Any, Pool, SendForm.Gre, Affinity.FiveTuple);

    private static HealthCheckType HealthOf(Setting? setting, ImmutableArray<string>.Builder errors)
    {
        if (setting is not { } health || health.Text == "none") return HealthCheckType.None;
        if (health.Text != "icmp") errors.Add($"{health.Origin}: \"{health.Text}\" is neither none nor icmp");
        return HealthCheckType.Icmp;
    }

    private static string? Problem(string target, ImmutableArray<string>.Builder earlier) =>
        target.Length == 0 ? "a target is empty; write addresses or names as \"192.0.2.11;192.0.2.12\""
        : earlier.Contains(target) ? $"\"{target}\" is named twice"
        : AddressText.TryParse(target, out IPAddress address) ? UnusableAddress(target, address)
        : !LooksLikeAName(target) ? $"\"{target}\" is neither an address nor a name"
        : null;

    private static string? UnusableAddress(string target, IPAddress address) =>
        IPAddress.IsLoopback(address) || !AddressRules.IsOneHost(address)
            ? $"\"{target}\" is not the address of a server"
            : null;

    // The last label of a name has a letter: "10.1.0.300" is a mistyped address, not a name to look up.
    private static bool LooksLikeAName(string target) =>
        Uri.CheckHostName(target) == UriHostNameType.Dns && target.TrimEnd('.').Split('.')[^1].Any(char.IsAsciiLetter);

    // Names of backends have no colon, and not every length.
    private static string NameOf(string target, IPAddress address)
    {
        string text = address.ToString().Replace(':', '-');
        bool isLong = target.Length + 1 + text.Length > SpecificationNames.MaxLength;
        return isLong || IPAddress.TryParse(target, out _) ? text : $"{target}-{text}";
    }
}
