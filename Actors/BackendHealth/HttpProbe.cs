using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RustyRail.Actors.BackendHealth;

/// <summary>Up if a GET of the path is answered with status 200-399. Redirects are not followed and bodies are not read.</summary>
internal sealed class HttpProbe(IPEndPoint target, string path) : IProbe
{
    private const int LongestStatusLineBytes = 512;

    private readonly byte[] _request = Encoding.ASCII.GetBytes(
        $"GET {path} HTTP/1.1\r\nHost: {HostOf(target)}\r\nUser-Agent: rustyrail-health\r\nAccept: */*\r\nConnection: close\r\n\r\n");

    public async Task<ProbeResult> RunAsync(CancellationToken cancel)
    {
        try
        {
            using Socket socket = ProbeSocket.Open(target);
            await socket.ConnectAsync(target, cancel).ConfigureAwait(false);
            for (int sent = 0; sent < _request.Length;)
                sent += await socket.SendAsync(_request.AsMemory(sent), cancel).ConfigureAwait(false);
            return await ReadStatusAsync(socket, cancel).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            return new(Ok: false, ProbeSocket.Describe(e));
        }
    }

    private static async Task<ProbeResult> ReadStatusAsync(Socket socket, CancellationToken cancel)
    {
        byte[] answer = new byte[LongestStatusLineBytes];
        for (int length = 0; length < answer.Length;)
        {
            int read = await socket.ReceiveAsync(answer.AsMemory(length), cancel).ConfigureAwait(false);
            if (read == 0) return new(Ok: false, length == 0 ? "closed without an answer" : "closed within the status line");
            length += read;
            if (answer.AsSpan(0, length).Contains((byte)'\n')) return Judge(answer.AsSpan(0, length));
        }

        return new(Ok: false, "the answer is not HTTP");
    }

    /// <summary>RFC 9112 section 4: <c>HTTP/1.x SP 3 digits</c>, then a space or the line's end.</summary>
    internal static ProbeResult Judge(ReadOnlySpan<byte> line)
    {
        const int StatusAt = 9;
        if (line.Length < StatusAt + 4 || !line.StartsWith("HTTP/1."u8) || line[StatusAt - 1] != ' ' || char.IsAsciiDigit((char)line[StatusAt + 3]))
            return new(Ok: false, "the answer is not HTTP");

        int status = 0;
        foreach (byte digit in line.Slice(StatusAt, 3))
        {
            if (!char.IsAsciiDigit((char)digit)) return new(Ok: false, "the answer is not HTTP");
            status = status * 10 + digit - '0';
        }

        return new(status is >= 200 and <= 399, $"HTTP status {status}");
    }

    internal static string HostOf(IPEndPoint target) => target.Port == 80 ? target.ToString()[..^":80".Length] : target.ToString();
}
