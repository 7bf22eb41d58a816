using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Netns.Tests.Lab;

namespace Netns.Tests.Cluster;

/// <summary>
/// Somebody on client1 who speaks to a node's remoting port below the level of actors: frames of a length and that many bytes, inside TLS, with whatever
/// certificate it was given. What it says in them follows Akka.Remote's protobuf messages, field by field.
/// </summary>
internal sealed class RemotingPeer : IDisposable
{
    private const int Associate = 1;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly TcpClient _connection;
    private readonly Stream _stream;

    private RemotingPeer(TcpClient connection, Stream stream) => (_connection, _stream) = (connection, stream);

    /// <summary>TCP alone.</summary>
    public static RemotingPeer Plain(IPEndPoint node)
    {
        TcpClient connection = TestBed.Inside("client1", () =>
        {
            TcpClient client = new() { NoDelay = true, SendTimeout = (int)_patience.TotalMilliseconds, ReceiveTimeout = (int)_patience.TotalMilliseconds };
            client.Connect(node);
            return client;
        });
        return new RemotingPeer(connection, connection.GetStream());
    }

    /// <summary>Null: the node refused the handshake. Certificate and key are those of a host in one of the lab's authorities.</summary>
    public static RemotingPeer? Tls(IPEndPoint node, string authority, string host)
    {
        RemotingPeer plain = Plain(node);
        string path = Path.Combine(TestBed.StateDirectory, authority, host);
        using X509Certificate2 certificate = X509Certificate2.CreateFromPemFile($"{path}.pem", $"{path}.key");
        SslStream tls = new(plain._stream);
        try
        {
            tls.AuthenticateAsClient(new SslClientAuthenticationOptions
            {
                TargetHost = "node",
                ClientCertificates = [certificate],
#pragma warning disable CA5359 // whom the node believes is what is tested
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
            });
            // With TLS 1.3 the client is done before its certificate has been looked at.
            RemotingPeer peer = new(plain._connection, tls);
            if (!peer.IsClosedWithin(TimeSpan.FromMilliseconds(300))) return peer;
            peer.Dispose();
            return null;
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            plain.Dispose();
            return null;
        }
    }

    public bool TrySend(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _stream.Write(bytes);
            _stream.Flush();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The node has ended the connection, or does so within this time; what it says meanwhile is passed over.</summary>
    public bool IsClosedWithin(TimeSpan time)
    {
        byte[] heard = new byte[4096];
        _stream.ReadTimeout = (int)time.TotalMilliseconds;
        try
        {
            while (_stream.Read(heard) > 0)
            {
            }

            return true;
        }
        catch (IOException e)
        {
            return e.InnerException is not SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock };
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _connection.Dispose();
    }

    public static byte[] Frame(ReadOnlySpan<byte> content) => [.. Length(content.Length), .. content];

    public static byte[] Length(int bytes)
    {
        byte[] length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes);
        return length;
    }

    /// <summary>As another node of the same ActorSystem name would introduce itself.</summary>
    public static byte[] Introduction(string host, int port) => Field(2,
    [
        .. Varint(1, Associate),
        .. Field(2, [.. Field(1, [.. Text(1, "rustyrail"), .. Text(2, host), .. Varint(3, port), .. Text(4, "ssl.tcp")]), (2 << 3) | 1, 1, 2, 3, 4, 5, 6, 7, 8]),
    ]);

    /// <summary>A message for an actor of the node.</summary>
    public static byte[] Message(IPEndPoint node, string path, int serializer, string manifest, ReadOnlySpan<byte> payload) => Field(1, Field(2,
    [
        .. Field(1, Text(1, $"akka.ssl.tcp://rustyrail@{node}{path}")),
        .. Field(2, [.. Field(1, payload), .. Varint(2, serializer), .. Text(3, manifest)]),
        .. Field(4, Text(1, $"akka.ssl.tcp://rustyrail@192.168.137.101:4053/user/stranger")),
    ]));

    private static byte[] Text(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int number, ReadOnlySpan<byte> content) => [(byte)((number << 3) | 2), .. Number((uint)content.Length), .. content];

    private static byte[] Varint(int number, int value) => [(byte)(number << 3), .. Number((uint)value)];

    private static byte[] Number(uint value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
