using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Netns.Tests.Lab;

namespace Netns.Tests.Traffic;

/// <summary>One HTTP request on a connection of its own, by plain blocking calls: the socket belongs to the calling thread's namespace.</summary>
/// <param name="Body">Without the line end: the server's name.</param>
/// <param name="Failure">Empty: answered.</param>
internal sealed record HttpRequest(string Body, string Failure, long Started, long Ended)
{
    private static readonly IPAddress _client = IPAddress.Parse("10.0.0.1");

    public bool Answered => Failure.Length == 0;

    public static HttpRequest Get(IPAddress? destination = null, int sourcePort = 0, int connectMilliseconds = 3000, int answerMilliseconds = 3000)
    {
        long started = Stopwatch.GetTimestamp();
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(_client, sourcePort));
            if (!TryConnect(socket, destination ?? TestBed.Vip, connectMilliseconds, out string failure))
                return new HttpRequest("", failure, started, Stopwatch.GetTimestamp());
            socket.ReceiveTimeout = answerMilliseconds;
            socket.Send(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {TestBed.Vip}\r\nConnection: close\r\n\r\n"));
            string answer = ReadToEnd(socket);
            int blank = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            bool well = answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) && blank > 0;
            return new HttpRequest(well ? answer[(blank + 4)..].Trim() : "", well ? "" : $"answer '{answer}'", started, Stopwatch.GetTimestamp());
        }
        catch (SocketException exception)
        {
            return new HttpRequest("", exception.SocketErrorCode.ToString(), started, Stopwatch.GetTimestamp());
        }
    }

    private static bool TryConnect(Socket socket, IPAddress destination, int milliseconds, out string failure)
    {
        socket.Blocking = false;
        try
        {
            socket.Connect(destination, 80);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
        }
        failure = "connect timed out";
        if (!socket.Poll(milliseconds * 1000, SelectMode.SelectWrite))
            return false;
        var error = (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        failure = error.ToString();
        socket.Blocking = true;
        return error == SocketError.Success;
    }

    private static string ReadToEnd(Socket socket)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[4096];
        for (int length = socket.Receive(buffer); length > 0; length = socket.Receive(buffer))
            text.Append(Encoding.ASCII.GetString(buffer, 0, length));
        return text.ToString();
    }
}
