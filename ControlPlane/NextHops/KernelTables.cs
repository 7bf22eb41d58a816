using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using RustyRail.ControlPlane.Native;

namespace RustyRail.ControlPlane.NextHops;

/// <summary>The kernel's routes, links and neighbours, asked over one socket by one caller at a time. Each question takes microseconds.</summary>
internal sealed class KernelTables(RtnetlinkSocket socket) : IDisposable
{
    private const int DumpAttempts = 5;

    /// <summary><see cref="Read"/> over a socket of its own.</summary>
    public static KernelView ReadOnce(RtnetlinkOpener open, string device, IReadOnlyCollection<IPAddress> destinations)
    {
        using KernelTables tables = new(open([]));
        return tables.Read(device, destinations);
    }

    /// <summary>Reads what the destinations' next hops depend on, and sees to the neighbours.</summary>
    public KernelView Read(string device, IReadOnlyCollection<IPAddress> destinations)
    {
        ImmutableDictionary<int, Link> links = Links().ToImmutableDictionary(link => link.Index);
        Link? link = links.Values.FirstOrDefault(link => link.Name == device);
        int index = link?.Index ?? 0;
        KernelView view = new(
            device,
            link,
            links,
            destinations.ToImmutableDictionary(destination => destination, Route),
            Neighbours().Where(neighbour => neighbour.Device == index).ToImmutableDictionary(neighbour => neighbour.Address),
            ImmutableDictionary<IPAddress, string>.Empty);
        NeighbourCare care = NeighbourCare.For(destinations, view);
        foreach (Neighbour neighbour in care.Release) Refusal(Release(neighbour));
        foreach (IPAddress address in care.Ask)
        {
            if (Refusal(Manage(index, address, view.Neighbours.GetValueOrDefault(address)?.Flags ?? 0)) is { } refused)
                view = view with { Refusals = view.Refusals.Add(address, refused.Errno == Libc.ENOBUFS ? TableFull(address) : refused.Message) };
        }

        return view;
    }

    public RouteAnswer Route(IPAddress destination)
    {
        byte[] address = destination.GetAddressBytes();
        rtmsg question = new() { rtm_family = Family(destination), rtm_dst_len = (byte)(address.Length * 8) };
        NetlinkRequest request = NetlinkRequest
            .Create(RtnetlinkAbi.RTM_GETROUTE, RtnetlinkAbi.NLM_F_ACK, question, $"RTM_GETROUTE {destination}")
            .With(RtnetlinkAbi.RTA_DST, address);
        try
        {
            foreach (NetlinkMessage answer in socket.Ask(request))
            {
                if (KernelMessages.TryRoute(answer, out Route? route)) return new RouteAnswer(route, 0);
            }

            return new RouteAnswer(null, Libc.ENETUNREACH);
        }
        catch (RtnetlinkException refused)
        {
            return new RouteAnswer(null, refused.Errno);
        }
    }

    public IEnumerable<Link> Links()
    {
        foreach (NetlinkMessage message in Dump(RtnetlinkAbi.RTM_GETLINK, default(ifinfomsg), "RTM_GETLINK"))
        {
            if (KernelMessages.TryLink(message, out Link? link)) yield return link;
        }
    }

    public IEnumerable<Neighbour> Neighbours()
    {
        foreach (NetlinkMessage message in Dump(RtnetlinkAbi.RTM_GETNEIGH, default(ndmsg), "RTM_GETNEIGH"))
        {
            if (KernelMessages.TryNeighbour(message, out Neighbour? neighbour)) yield return neighbour;
        }
    }

    public void Dispose() => socket.Dispose();

    // NTF_USE resolves it now, on every kernel; NTF_EXT_MANAGED, where known, keeps it resolved.
    private static NetlinkRequest Manage(int device, IPAddress address, byte flags) =>
        Update(RtnetlinkAbi.NLM_F_CREATE, device, address, flags)
            .With(RtnetlinkAbi.NDA_PROTOCOL, [NeighbourCare.OurProtocol])
            .With(RtnetlinkAbi.NDA_FLAGS_EXT, BitConverter.GetBytes(RtnetlinkAbi.NTF_EXT_MANAGED));

    // An update that does not name the managed flag takes it off; the entry then ages as any other.
    private static NetlinkRequest Release(Neighbour neighbour) => Update(0, neighbour.Device, neighbour.Address, neighbour.Flags);

    private static NetlinkRequest Update(int messageFlags, int device, IPAddress address, byte flags)
    {
        ndmsg update = new()
        {
            ndm_family = Family(address),
            ndm_ifindex = device,
            ndm_flags = (byte)((flags & (RtnetlinkAbi.NTF_EXT_LEARNED | RtnetlinkAbi.NTF_ROUTER)) | RtnetlinkAbi.NTF_USE),
        };
        return NetlinkRequest
            .Create(RtnetlinkAbi.RTM_NEWNEIGH, RtnetlinkAbi.NLM_F_ACK | messageFlags, update, $"RTM_NEWNEIGH {address}")
            .With(RtnetlinkAbi.NDA_DST, address.GetAddressBytes());
    }

    // One neighbour that the kernel refuses (a full table, a device that just went) must not hold up the others.
    private RtnetlinkException? Refusal(NetlinkRequest request)
    {
        try
        {
            socket.Ask(request);
            return null;
        }
        catch (RtnetlinkException refused)
        {
            return refused;
        }
    }

    private static string TableFull(IPAddress address) =>
        $"the kernel's neighbour table is full (sysctl net.{(Family(address) == Libc.AF_INET ? "ipv4" : "ipv6")}.neigh.default.gc_thresh3)";

    private List<NetlinkMessage> Dump<T>(ushort type, T fixedPart, string name) where T : unmanaged
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return socket.Ask(NetlinkRequest.Create(type, RtnetlinkAbi.NLM_F_DUMP, fixedPart, name));
            }
            catch (RtnetlinkException interrupted) when (interrupted.Errno == Libc.EINTR && attempt < DumpAttempts)
            {
                // The table changed meanwhile: read it again.
            }
        }
    }

    private static byte Family(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? (byte)Libc.AF_INET : (byte)Libc.AF_INET6;
}
