using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

// allocate MEGABYTES: so many a second until SIGTERM, of which some 300 stay alive for a while: work for every generation of the collector.
const int Threads = 3, ObjectBytes = 8192, AliveObjects = 300_000_000 / ObjectBytes / Threads;

long wanted = long.Parse(args[0], CultureInfo.InvariantCulture) * 1_000_000 / Threads, made = 0;
using ManualResetEventSlim stop = new();
using PosixSignalRegistration term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    stop.Set();
});
Stopwatch clock = Stopwatch.StartNew();
Thread[] threads = [.. Enumerable.Range(0, Threads).Select(number => new Thread(Allocate))];
foreach (Thread thread in threads) thread.Start();
Console.WriteLine($"allocating {args[0]} MB/s, process {Environment.ProcessId}");
foreach (Thread thread in threads) thread.Join();
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"allocated {made / 1e6 / clock.Elapsed.TotalSeconds:F0} MB/s; collections {GC.CollectionCount(0)}, {GC.CollectionCount(1)}, {GC.CollectionCount(2)}, paused {GC.GetTotalPauseDuration().TotalMilliseconds:F0} ms"));

void Allocate()
{
    byte[][] alive = new byte[AliveObjects][];
    long bytes = 0;
    Stopwatch own = Stopwatch.StartNew();
    for (int at = 0; !stop.IsSet; at = (at + 1) % alive.Length)
    {
        alive[at] = new byte[ObjectBytes];
        bytes += ObjectBytes;
        // Ahead of the rate: wait for the clock.
        if (bytes > wanted * own.Elapsed.TotalSeconds) stop.Wait(1);
    }

    Interlocked.Add(ref made, bytes);
}
