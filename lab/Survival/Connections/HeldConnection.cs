using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RustyRail.Lab.Survival.Connections;

/// <summary>
/// One long-lived connection: a numbered request, its echo with the server's name, a pause, and again until it is told to end. It breaks
/// when it cannot be opened, is reset or closed, is not answered in time, or is answered by another server or with other bytes than asked for.
/// </summary>
internal sealed class HeldConnection(Socket socket, Opened opened, Pace pace)
{
    private readonly byte[] _answer = new byte[1024];
    private readonly string _client = socket.LocalEndPoint!.ToString()!;
    private long _number;
    private int _longestMilliseconds;

    public Opened Opened => opened;

    /// <summary>Who answered first; empty until then.</summary>
    public string Server { get; private set; } = "";

    /// <summary>Why it broke; null while it lives, and for good if it never did.</summary>
    public string? Failure { get; private set; }

    public long Answers => Volatile.Read(ref _number);

    public int LongestMilliseconds => Volatile.Read(ref _longestMilliseconds);

    public bool IsSettled => Failure is not null || Server.Length > 0;

    public async Task HoldAsync(IPEndPoint vip, CancellationToken end)
    {
        try
        {
            await WithinAsync(async late => { await socket.ConnectAsync(vip, late); return true; }, "not opened", CancellationToken.None);
            while (Failure is null && !end.IsCancellationRequested)
            {
                long asked = Stopwatch.GetTimestamp();
                await AskAsync();
                _longestMilliseconds = Math.Max(_longestMilliseconds, (int)Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
                await Task.Delay(pace.Pause(), end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        catch (SocketException exception)
        {
            Failure = Word(exception.SocketErrorCode);
        }
        finally
        {
            // Reset rather than closed: nothing of this measurement lingers in the next one.
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }
    }

    public BrokenConnection Describe() => new(opened, _client, Server, Failure ?? "", Answers);

    private async Task AskAsync()
    {
        string number = (_number + 1).ToString(CultureInfo.InvariantCulture);
        byte[] request = Encoding.ASCII.GetBytes($"GET /echo?n={number} HTTP/1.1\r\nHost: vip\r\n\r\n");
        string? answer = await WithinAsync(async late =>
        {
            await socket.SendAsync(request, late);
            return await ReceiveAsync(late);
        }, "not answered", CancellationToken.None);
        if (answer is null)
        {
            Failure ??= "closed";
            return;
        }

        string[] words = answer.Split(' ');
        if (words.Length != 2 || words[1] != number) Failure = "wrong answer";
        else if (Server.Length > 0 && Server != words[0]) Failure = "wrong server";
        else if (Server.Length == 0) Server = words[0];
        Volatile.Write(ref _number, _number + 1);
    }

    /// <summary>The answer's body without its line end; null when the server has closed.</summary>
    private async Task<string?> ReceiveAsync(CancellationToken late)
    {
        int length = 0;
        while (true)
        {
            int received = await socket.ReceiveAsync(_answer.AsMemory(length), late);
            if (received == 0) return null;
            length += received;
            string text = Encoding.ASCII.GetString(_answer, 0, length);
            int blank = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            // One line is all that this server says.
            if (blank > 0 && text.Length > blank + 4 && text[^1] == '\n') return text[(blank + 4)..].TrimEnd();
            if (length == _answer.Length) return "";
        }
    }

    private async Task<T?> WithinAsync<T>(Func<CancellationToken, Task<T>> action, string failure, CancellationToken end)
    {
        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(end);
        late.CancelAfter(pace.Patience);
        try
        {
            return await action(late.Token);
        }
        catch (OperationCanceledException)
        {
            Failure = failure;
            return default;
        }
    }

    private static string Word(SocketError error) => error switch
    {
        SocketError.ConnectionReset => "reset",
        SocketError.ConnectionRefused => "refused",
        SocketError.TimedOut => "timed out",
        _ => error.ToString(),
    };
}
