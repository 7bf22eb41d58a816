using System.Net;
using System.Net.Sockets;
using System.Text;
using Netns.Tests.Lab;

namespace Netns.Tests.Traffic;

/// <summary>Serves one file over HTTP inside a host that has no web server of its own.</summary>
internal sealed class FileServer : IDisposable
{
    private readonly Socket _listener;
    private readonly Task _serving;

    private FileServer(Socket listener, string file)
    {
        _listener = listener;
        _serving = Task.Factory.StartNew(() => Serve(file), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public static FileServer Start(string host, int port, string file) => new(
        TestBed.Inside(host, () =>
        {
            Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Any, port));
            listener.Listen();
            return listener;
        }),
        file);

    public void Dispose()
    {
        _listener.Dispose();
        _serving.Wait();
    }

    private void Serve(string file)
    {
        try
        {
            while (true)
            {
                using Socket connection = _listener.Accept();
                byte[] request = new byte[4096];
                connection.Receive(request);
                connection.Send(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {new FileInfo(file).Length}\r\n\r\n"));
                connection.SendFile(file);
                connection.Shutdown(SocketShutdown.Send);
                while (connection.Receive(request) > 0)
                {
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The listener was closed: the test is over.
        }
    }
}
