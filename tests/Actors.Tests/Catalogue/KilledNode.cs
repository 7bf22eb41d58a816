using System.Diagnostics;
using System.Globalization;
using RustyRail.Contract;
using RustyRail.Contract.Specification;

namespace RustyRail.Actors.Tests.Catalogue;

/// <summary>Program.cs as a process, killed with SIGKILL at some moment, and what must be found afterwards.</summary>
internal static class KilledNode
{
    public static BackendSpec Backend(int n) => Samples.Backend($"server{n}", n);

    /// <summary>What edit <paramref name="n"/> applies: both pools with a backend and a service that only this apply has.</summary>
    public static CatalogueSpec Catalogue(int n)
    {
        var mail = new PoolId("mail");
        return Samples.Catalogue([Samples.Pool("web", Backend(n)), Samples.Pool("mail", Samples.Backend($"server{n}", n, mail))], Samples.Service($"web{n}", "10.1.0.1", "web"));
    }

    /// <summary>The whole catalogue after edits up to <paramref name="n"/>.</summary>
    public static CatalogueSpec After(int n)
    {
        if (n < 10) return Samples.WebAndMail;
        int applied = n - (n % 5);
        CatalogueSpec spec = Catalogue(applied);
        PoolSpec web = spec.Pools[Samples.Web];
        for (int added = applied + 1; added <= n; added++) web = web with { Backends = web.Backends.Add(Backend(added).Id, Backend(added)) };
        return spec with { Pools = spec.Pools.SetItem(web.Id, web) };
    }

    /// <returns>The last edit whose acceptance was printed.</returns>
    public static async Task<int> RunAndKillAsync(string path, int afterEdits, TimeSpan andThen)
    {
        using Process process = Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(KilledNode).Assembly.Location, path]) { RedirectStandardOutput = true })!;
        int accepted = 9;
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (accepted < 9 + afterEdits)
            {
                string line = await process.StandardOutput.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException("the process ended by itself");
                accepted = Read(line) ?? accepted;
            }

            if (andThen > TimeSpan.Zero) await Task.Delay(andThen, limit.Token);
        }
        finally
        {
            process.Kill();
        }

        while (await process.StandardOutput.ReadLineAsync() is { } line) accepted = Read(line) ?? accepted;
        await process.WaitForExitAsync();
        return accepted;
    }

    private static int? Read(string line) => line.StartsWith("accepted ", StringComparison.Ordinal) ? int.Parse(line[9..], CultureInfo.InvariantCulture) : null;
}
