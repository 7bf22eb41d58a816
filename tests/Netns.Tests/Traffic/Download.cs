using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Netns.Tests.Lab;

namespace Netns.Tests.Traffic;

/// <summary>The big file over one connection, at a gentle pace while things happen to it, and then as fast as it comes.</summary>
internal sealed class Download
{
    private readonly Task<string> _sum;
    private long _bytes;
    private volatile string _server = "";
    private const int GentleBytesPerSecond = 1_000_000;
    private volatile bool _hurried;
    private volatile bool _cancelled;

    private Download(string host, IPAddress address, int port) => _sum = TestBed.StartInside(host, () => Receive(address, port));

    /// <summary>Who serves it, by its header; empty before the first bytes.</summary>
    public string Server => _server;

    public long Bytes => Volatile.Read(ref _bytes);

    public bool InFlight => Bytes > 0 && !_sum.IsCompleted;

    public static Download Start() => Start("client1", TestBed.Vip, 80);

    public static Download Start(string host, IPAddress address, int port)
    {
        var download = new Download(host, address, port);
        Eventually.Holds("the download begins", TimeSpan.FromSeconds(10), () => download.Bytes > 0 || download._sum.IsCompleted);
        return download;
    }

    public void Cancel()
    {
        _cancelled = true;
        _sum.Wait();
    }

    /// <summary>Lets it run to its end; every byte must have arrived, in order: SHA-256 as of the file.</summary>
    public void AssertIdentical()
    {
        _hurried = true;
        Assert.True(_sum.Wait(TimeSpan.FromMinutes(2)), $"the download hangs after {Bytes} bytes");
        using FileStream file = File.OpenRead(Path.Combine(TestBed.StateDirectory, "big"));
        Assert.Equal(Convert.ToHexString(SHA256.HashData(file)), _sum.Result);
        Assert.Equal(file.Length, Bytes);
    }

    private string Receive(IPAddress address, int port)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 20_000, ReceiveBufferSize = 1 << 19 };
        socket.Connect(address, port);
        socket.Send(Encoding.ASCII.GetBytes($"GET /big HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"));
        byte[] buffer = new byte[1 << 16];
        int length = ReadHeader(socket, buffer, out int body);
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sum.AppendData(buffer, body, length - body);
        Volatile.Write(ref _bytes, length - body);
        long started = Stopwatch.GetTimestamp();
        while (!_cancelled && (length = socket.Receive(buffer)) > 0)
        {
            sum.AppendData(buffer, 0, length);
            Volatile.Write(ref _bytes, _bytes + length);
            double ahead = (double)_bytes / GentleBytesPerSecond - Stopwatch.GetElapsedTime(started).TotalSeconds;
            if (!_hurried && !_cancelled && ahead > 0)
                Thread.Sleep(TimeSpan.FromSeconds(Math.Min(ahead, 0.1)));
        }
        return Convert.ToHexString(sum.GetHashAndReset());
    }

    private int ReadHeader(Socket socket, byte[] buffer, out int body)
    {
        int length = 0;
        do
        {
            int received = socket.Receive(buffer, length, buffer.Length - length, SocketFlags.None);
            Assert.True(received > 0, "the connection ended within the header");
            length += received;
            body = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) + 4;
        }
        while (body < 4);
        string header = Encoding.ASCII.GetString(buffer, 0, body);
        Assert.StartsWith("HTTP/1.1 200", header);
        _server = header.Split("\r\n").FirstOrDefault(line => line.StartsWith("X-Server: ", StringComparison.Ordinal))?[10..] ?? "";
        return length;
    }
}
