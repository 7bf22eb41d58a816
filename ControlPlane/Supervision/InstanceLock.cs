using System.Buffers.Binary;
using System.Net.Sockets;

namespace RustyRail.ControlPlane.Supervision;

/// <summary>
/// One control plane per interface and network namespace: whoever binds the abstract name. The kernel frees it with the process, and it belongs
/// to the network namespace, as the interface does.
/// </summary>
internal sealed class InstanceLock : IDisposable
{
    private const int SolSocket = 1;
    private const int SoPeercred = 17;
    private readonly Socket _socket;

    private InstanceLock(Socket socket) => _socket = socket;

    /// <exception cref="OperatorException">Another instance has the interface.</exception>
    public static InstanceLock Take(string device)
    {
        if (TryTake(device) is { } taken) return taken;
        string holder = HolderOf(NameOf(device)) is { } pid ? $" (pid {pid})" : "";
        throw new OperatorException($"{device}: another rustyrail{holder} runs on this interface");
    }

    /// <summary>Null: another instance has the interface.</summary>
    public static InstanceLock? TryTake(string device)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(NameOf(device));
            // Listening lets a latecomer ask the kernel who holds the name.
            socket.Listen(1);
            return new InstanceLock(socket);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket.Dispose();
            return null;
        }
    }

    public void Dispose() => _socket.Dispose();

    private static UnixDomainSocketEndPoint NameOf(string device) => new($"\0rustyrail/{device}");

    private static int? HolderOf(UnixDomainSocketEndPoint name)
    {
        using Socket question = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            question.Connect(name);
            Span<byte> credentials = stackalloc byte[12]; // pid, uid, gid
            question.GetRawSocketOption(SolSocket, SoPeercred, credentials);
            int pid = BinaryPrimitives.ReadInt32LittleEndian(credentials);
            return pid == 0 ? null : pid;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
