using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace RustyRail.ControlPlane.Configuration;

/// <summary>
/// Asks the system's resolver what the targets' names stand for. That resolver tells no TTL, so names are asked again every
/// <see cref="Interval"/>; the caches below it honour TTLs.
/// </summary>
internal static class TargetResolver
{
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Throws an <see cref="OperatorException"/> that names every target without an address.</summary>
    public static async Task<IReadOnlyList<(string Target, IPAddress Address)>> ResolveAsync(ImmutableArray<string> targets, CancellationToken cancel)
    {
        var found = new List<(string Target, IPAddress Address)>();
        var errors = ImmutableArray.CreateBuilder<string>();
        foreach (string target in targets)
        {
            IReadOnlyList<IPAddress> addresses = await AddressesAsync(target, errors, cancel);
            found.AddRange(addresses.Where(address => found.All(earlier => !earlier.Address.Equals(address))).Select(address => (target, address)));
        }

        return errors.Count == 0 ? found : throw new OperatorException(errors.ToImmutable());
    }

    private static async Task<IReadOnlyList<IPAddress>> AddressesAsync(string target, ImmutableArray<string>.Builder errors, CancellationToken cancel)
    {
        if (IPAddress.TryParse(target, out IPAddress? literal))
        {
            return [literal];
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        try
        {
            IPAddress[] all = await Dns.GetHostAddressesAsync(target, limit.Token);
            // A server with addresses of both families is one server.
            IPAddress[] four = [.. all.Where(address => address.AddressFamily == AddressFamily.InterNetwork)];
            return four.Length > 0 ? four : all;
        }
        catch (SocketException e)
        {
            errors.Add($"{EnvironmentVariables.TargetIps}: \"{target}\" has no address: {Reason(e.SocketErrorCode)}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            errors.Add($"{EnvironmentVariables.TargetIps}: \"{target}\" has no address: the resolver does not answer");
        }

        return [];
    }

    private static string Reason(SocketError error) => error switch
    {
        SocketError.TryAgain => "no name server answers",
        SocketError.HostNotFound => "there is no such name",
        SocketError.NoData => "the name has none",
        _ => $"the resolver says {error}",
    };
}
