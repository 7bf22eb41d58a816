namespace RustyRail.ControlPlane.Simulation;

/// <summary>All flows in blocks, over all processors; memory does not grow with their number.</summary>
internal static class FlowBlocks
{
    private const long FlowsOfBlock = 1 << 20;

    /// <param name="start">Makes a worker's own accumulator.</param>
    /// <param name="judge">Adds flows first .. end-1 to it.</param>
    /// <param name="finish">Takes the accumulators together, one at a time.</param>
    public static void Run<T>(SimulationOptions options, Func<T> start, Func<T, long, long, T> judge, Action<T> finish, Progress progress, CancellationToken cancel)
    {
        long blocks = (options.Flows + FlowsOfBlock - 1) / FlowsOfBlock;
        Lock together = new();
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancel };
        Parallel.For(
            0L,
            blocks,
            parallel,
            start,
            (block, _, sum) =>
            {
                long first = block * FlowsOfBlock, end = Math.Min(first + FlowsOfBlock, options.Flows);
                sum = judge(sum, first, end);
                progress.Add(end - first);
                return sum;
            },
            sum =>
            {
                lock (together) finish(sum);
            });
    }
}
