using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using RustyRail.Contract.Region;
using RustyRail.Contract.Specification;

namespace RustyRail.ControlPlane.Configuration;

/// <summary>Turns settings into options. Collects every error, so that an operator mends them in one go.</summary>
internal sealed class NodeValidator(ImmutableArray<string>.Builder errors)
{
    // IFNAMSIZ is 16 with the closing zero.
    private const int LongestDeviceName = 15;

    public NodeOptions Validate(NodeSettings settings) => new()
    {
        Device = Device(settings.Device),
        Port = settings.Port is { } port ? Port(port) : PortKind.Auto,
        Workers = settings.Workers is { } workers ? Workers(workers) : 1,
        Routers = settings.Routers is { } routers ? Routers(routers) : [],
        Address = settings.Address is { } address ? Address(address) : null,
        Announce = settings.Announce is { } announce ? Announce(announce) : Announcement.None,
        Cluster = new ClusterValidator(errors).Validate(settings.Cluster),
        Admin = settings.Admin is { } admin ? Admin(admin) : new AdminOptions(),
    };

    private string Device(Setting? setting)
    {
        if (setting is not { } device)
        {
            errors.Add("no interface is named: set RR_DEVICE, --device, or \"device\" in the node file");
            return "";
        }

        bool possible = device.Text.Length is > 0 and <= LongestDeviceName && !device.Text.Any(c => c is '/' or ':' || char.IsWhiteSpace(c) || char.IsControl(c));
        if (!possible) Refuse(device, "device", "is not the name of an interface");
        return device.Text;
    }

    private PortKind Port(Setting setting)
    {
        if (!PortKinds.Words.TryGet(setting.Text, out PortKind kind)) Refuse(setting, "port", $"is none of {PortKinds.All}");
        return kind;
    }

    private Announcement Announce(Setting setting)
    {
        if (!Announcements.Words.TryGet(setting.Text, out Announcement announcement)) Refuse(setting, "announce", $"is none of {Announcements.All}");
        return announcement;
    }

    private int Workers(Setting setting)
    {
        bool isNumber = int.TryParse(setting.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int workers) && workers > 0;
        if (!isNumber) Refuse(setting, "workers", "is not a number from 1 on");
        else if (workers > 1) Refuse(setting, "workers", "is not built yet; use 1");
        return workers;
    }

    private ImmutableArray<IPNetwork> Routers(ImmutableArray<Setting> settings)
    {
        var prefixes = ImmutableArray.CreateBuilder<IPNetwork>();
        foreach (Setting setting in settings)
        {
            if (AddressText.TryParsePrefix(setting.Text, out IPNetwork prefix, out string problem)) prefixes.Add(prefix);
            else errors.Add($"{setting.Origin}: routers: {problem}");
        }

        if (settings.Length > RegionCapacities.Default.Routers)
        {
            errors.Add($"{settings[0].Origin}: {settings.Length} routers exceed the capacity of {RegionCapacities.Default.Routers}");
        }

        return prefixes.ToImmutable();
    }

    private IPAddress Address(Setting setting)
    {
        if (!AddressText.TryParse(setting.Text, out IPAddress address)) Refuse(setting, "address", "is not an IP address");
        else if (address.AddressFamily == AddressFamily.InterNetworkV6 && !BuiltFeatures.Ipv6) Refuse(setting, "address", "is IPv6, which is not built yet");
        return address;
    }

    private AdminOptions Admin(Setting setting)
    {
        if (setting.Text == "none") return new AdminOptions { Url = null };
        bool possible = Uri.TryCreate(setting.Text, UriKind.Absolute, out Uri? url) && url.Scheme == Uri.UriSchemeHttp
            && url is { AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" }
            && (url.Host == "localhost" || IPAddress.TryParse(url.Host, out _));
        if (!possible) Refuse(setting, "admin", $"is neither none nor an address like {AdminOptions.DefaultUrl.OriginalString}");
        return new AdminOptions { Url = possible ? url : null };
    }

    private void Refuse(Setting setting, string what, string why) => errors.Add($"{setting.Origin}: {what} \"{setting.Text.ReplaceLineEndings(" ")}\" {why}");
}
