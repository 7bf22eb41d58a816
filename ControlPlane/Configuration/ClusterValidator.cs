using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using RustyRail.Contract.Specification;

namespace RustyRail.ControlPlane.Configuration;

/// <summary>The cluster's part of <see cref="NodeValidator"/>.</summary>
internal sealed class ClusterValidator(ImmutableArray<string>.Builder errors)
{
    public ClusterOptions Validate(ClusterSettings settings)
    {
        ImmutableArray<IPEndPoint> seeds = settings.Seeds is { } list ? Seeds(list) : [];
        IPAddress address = settings.Address is { } own ? Address(own) : IPAddress.Loopback;
        bool isFound = settings.Address is not null || !seeds.IsEmpty;
        ClusterOptions options = new()
        {
            Name = settings.Name is { } name ? Name(name) : ClusterOptions.DefaultName,
            Node = settings.Node is { } node ? Node(node) : Environment.MachineName,
            Address = address,
            Port = settings.Port is { } port ? Port(port, isFound) : isFound ? ClusterOptions.DefaultPort : 0,
            Seeds = seeds,
            Tls = Tls(settings),
        };
        if (!IPAddress.IsLoopback(address) && settings.Address is { } beyond) RequireTls(settings, beyond);
        if (IPAddress.IsLoopback(address) && settings.Seeds is { } far) RequireReachability(far, seeds);
        return options;
    }

    private ImmutableArray<IPEndPoint> Seeds(ImmutableArray<Setting> settings)
    {
        var seeds = ImmutableArray.CreateBuilder<IPEndPoint>();
        foreach (Setting setting in settings)
        {
            if (!IPEndPoint.TryParse(setting.Text, out IPEndPoint? seed) || !IsOneNode(seed.Address)) Refuse(setting, "cluster seed", $"is not an address like 192.0.2.1 or 192.0.2.1:{ClusterOptions.DefaultPort}");
            else seeds.Add(seed.Port == 0 ? new IPEndPoint(seed.Address, ClusterOptions.DefaultPort) : seed);
        }

        return seeds.ToImmutable();
    }

    private IPAddress Address(Setting setting)
    {
        if (!AddressText.TryParse(setting.Text, out IPAddress address)) Refuse(setting, "cluster address", "is not an IP address");
        else if (!IsOneNode(address)) Refuse(setting, "cluster address", "is not an address that other nodes could reach this one at");
        return address;
    }

    private string Name(Setting setting)
    {
        // It becomes the actor system's name, which may hold no more than this.
        bool possible = setting.Text.Length > 0 && char.IsAsciiLetterOrDigit(setting.Text[0]) && setting.Text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
        if (!possible) Refuse(setting, "cluster name", "is not made of letters, digits, - and _, beginning with a letter or digit");
        return setting.Text;
    }

    private string Node(Setting setting)
    {
        if (!SpecificationNames.IsName(setting.Text)) errors.Add($"{setting.Origin}: cluster node {SpecificationNames.Refusal(setting.Text)}");
        return setting.Text;
    }

    private int Port(Setting setting, bool isFound)
    {
        if (!ushort.TryParse(setting.Text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)) Refuse(setting, "cluster port", "is not a number from 0 to 65535");
        else if (port == 0 && isFound) Refuse(setting, "cluster port", "is any port, but the other nodes have to find this one");
        return port;
    }

    private ClusterTlsOptions? Tls(ClusterSettings settings)
    {
        (string Key, Setting? Setting)[] files = [("certificate", settings.Certificate), ("key", settings.Key), ("authority", settings.Authority)];
        string[] missing = [.. files.Where(file => file.Setting is null).Select(file => $"\"{file.Key}\"")];
        if (missing.Length == 0) return new ClusterTlsOptions(settings.Certificate!.Value, settings.Key!.Value, settings.Authority!.Value);
        if (files.FirstOrDefault(file => file.Setting is not null).Setting is { } some) errors.Add($"{some.Origin}: cluster tls needs {string.Join(" and ", missing)} too");
        return null;
    }

    private void RequireTls(ClusterSettings settings, Setting address)
    {
        if (settings is { Certificate: null, Key: null, Authority: null })
        {
            Refuse(address, "cluster address", "is beyond loopback, where nodes need \"tls\": \"certificate\", \"key\" and \"authority\" (docs/operations/cluster.md)");
        }
    }

    private void RequireReachability(ImmutableArray<Setting> settings, ImmutableArray<IPEndPoint> seeds)
    {
        if (seeds.FirstOrDefault(seed => !IPAddress.IsLoopback(seed.Address)) is not { } far) return;
        errors.Add($"{settings[0].Origin}: seed {far} cannot reach this node on loopback: set the cluster's \"address\"");
    }

    private static bool IsOneNode(IPAddress address) =>
        !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) && !address.Equals(IPAddress.Broadcast) && !address.Equals(IPAddress.None) && !address.IsIPv6Multicast
        && !(address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes()[0] is >= 224 and < 240);

    private void Refuse(Setting setting, string what, string why) => errors.Add($"{setting.Origin}: {what} \"{setting.Text.ReplaceLineEndings(" ")}\" {why}");
}
