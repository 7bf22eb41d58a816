using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports;
using static RustyRail.Dataplane.Native.NetlinkAbi;

namespace RustyRail.Dataplane.Host.Generate;

/// <summary>The kernel's answer to: who has this address? It asks when a datagram is to go there (port 9: discard).</summary>
internal static unsafe class NeighbourLookUp
{
    private const int Patience = 3000, Again = 20, DiscardPort = 9;

    /// <summary>The address that this host uses towards the other.</summary>
    /// <exception cref="GenerateException">There is no way to it.</exception>
    public static IPAddress OwnAddressTowards(IPAddress other)
    {
        try
        {
            using Socket socket = new(other.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(other, DiscardPort);
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException e)
        {
            throw new GenerateException($"no route to {other}: {e.Message}", e);
        }
    }

    /// <exception cref="GenerateException">Nobody answers.</exception>
    public static byte[] Resolve(NetDevice device, IPAddress address)
    {
        using ManualResetEventSlim never = new();
        for (int waited = 0; waited < Patience; waited += Again)
        {
            if (TryFind(device.Index, address, out byte[] mac)) return mac;
            if (waited % 500 == 0) Knock(address);
            never.Wait(Again);
        }

        throw new GenerateException($"{device.Name}: nobody answers for {address}; say --to MAC or --balancer ADDRESS");
    }

    private static void Knock(IPAddress address)
    {
        try
        {
            using Socket socket = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.SendTo([0], new IPEndPoint(address, DiscardPort));
        }
        catch (SocketException e)
        {
            throw new GenerateException($"no route to {address}: {e.Message}", e);
        }
    }

    private static bool TryFind(int deviceIndex, IPAddress address, out byte[] mac)
    {
        mac = [];
        byte[] wanted = address.GetAddressBytes();
        byte family = (byte)(address.AddressFamily == AddressFamily.InterNetworkV6 ? 10 : 2);
        foreach (byte[] message in NetlinkRequest.Create(RTM_GETNEIGH, NLM_F_DUMP, new ndmsg { ndm_family = family }).Dump())
        {
            ReadOnlySpan<byte> body = message.AsSpan(sizeof(nlmsghdr));
            if (MemoryMarshal.Read<ndmsg>(body).ndm_ifindex != deviceIndex) continue;
            ReadOnlySpan<byte> attributes = body[sizeof(ndmsg)..];
            if (!NetlinkRequest.TryFind(attributes, NDA_DST, out ReadOnlySpan<byte> of) || !of.SequenceEqual(wanted)) continue;
            if (!NetlinkRequest.TryFind(attributes, NDA_LLADDR, out ReadOnlySpan<byte> found) || found.Length != NetDevice.MacBytes) continue;
            mac = found.ToArray();
            return true;
        }

        return false;
    }
}
