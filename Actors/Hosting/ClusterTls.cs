using System.Security.Cryptography.X509Certificates;

namespace RustyRail.Actors.Hosting;

/// <summary>
/// What a node proves itself with, and whom it believes: certificates of the cluster's own authority, in both directions. Public authorities count for
/// nothing here. Names in certificates are not compared: nodes are found by address, and whoever holds a certificate of the authority is a node.
/// </summary>
public sealed record ClusterTls(X509Certificate2 Certificate, X509Certificate2Collection Authority)
{
    /// <summary>Null: <paramref name="peer"/> is a node's. Otherwise why not, in one line.</summary>
    /// <param name="sent">What came with it: intermediate certificates.</param>
    public string? Refusal(X509Certificate2? peer, X509Chain? sent = null)
    {
        if (peer is null) return "it showed no certificate";
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(Authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (sent is not null) chain.ChainPolicy.ExtraStore.AddRange(sent.ChainElements.Select(element => element.Certificate).ToArray());
        if (chain.Build(peer)) return null;
        string[] reasons = [.. chain.ChainStatus.Select(status => Words(status)).Distinct()];
        return $"its certificate {peer.Subject} {string.Join(" and ", reasons)}";
    }

    private static string Words(X509ChainStatus status) => status.Status switch
    {
        X509ChainStatusFlags.UntrustedRoot or X509ChainStatusFlags.PartialChain => "is not from this cluster's authority",
        X509ChainStatusFlags.NotTimeValid => "has expired or is not valid yet",
        X509ChainStatusFlags.NotSignatureValid => "has a signature that does not fit",
        _ => $"is refused ({status.StatusInformation.TrimEnd('.', ' ', '\n')})",
    };
}
