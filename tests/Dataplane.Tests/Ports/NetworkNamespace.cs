using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Dataplane.Tests.Ports;

/// <summary>
/// An unnamed network namespace and the thread that lives in it. Nothing has to be cleaned up: with the thread (or the whole test process,
/// however it ends) the namespace and its devices go. Programs started inside <see cref="Run{T}"/> are in the namespace too.
/// </summary>
internal sealed partial class NetworkNamespace : IDisposable
{
    private const int CloneNewNet = 0x40000000;

    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    private NetworkNamespace()
    {
        _thread = new Thread(() =>
        {
            foreach (Action action in _work.GetConsumingEnumerable()) action();
        })
        { IsBackground = true };
        _thread.Start();
    }

    /// <summary>The kernel's name for the thread: <c>ip link set DEV netns ID</c> moves a device here.</summary>
    public int ThreadId { get; private set; }

    /// <summary>Skips the test where namespaces cannot be made.</summary>
    public static NetworkNamespace CreateOrSkip()
    {
        NetworkNamespace created = new();
        int errno = created.Run(() =>
        {
            created.ThreadId = gettid();
            return unshare(CloneNewNet) == 0 ? 0 : Marshal.GetLastPInvokeError();
        });
        if (errno != 0) created.Dispose();
        Skip.If(errno != 0, $"network namespaces cannot be made: {Marshal.GetPInvokeErrorMessage(errno)} (root is needed)");
        created.Ip("link set lo up");
        return created;
    }

    public T Run<T>(Func<T> action)
    {
        T result = default!;
        Exception? failure = null;
        using ManualResetEventSlim done = new();
        _work.Add(() =>
        {
            try
            {
                result = action();
            }
            catch (Exception e)
            {
                failure = e;
            }
            finally
            {
                done.Set();
            }
        });
        done.Wait();
        if (failure is not null) ExceptionDispatchInfo.Capture(failure).Throw();
        return result;
    }

    public void Run(Action action) => Run(() =>
    {
        action();
        return 0;
    });

    public string Ip(string arguments) => Execute("ip", arguments);

    public string Execute(string program, string arguments, bool mayFail = false) => Run(() =>
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (!mayFail && process.ExitCode != 0) throw new InvalidOperationException($"{program} {arguments}: {errors.GetAwaiter().GetResult()}");
        return output;
    });

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc")]
    private static partial int gettid();
}
