using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RustyRail.Actors.Hosting;

namespace RustyRail.ControlPlane.Configuration;

/// <summary>Reads what <see cref="ClusterTlsOptions"/> names, and makes sure that the other nodes would believe it.</summary>
internal static class ClusterTlsFiles
{
    /// <exception cref="OperatorException">A file cannot be used; one line.</exception>
    public static ClusterTls Read(ClusterTlsOptions options)
    {
        X509Certificate2Collection authority = Load(options.Authority, "authority", path =>
        {
            X509Certificate2Collection certificates = [];
            certificates.ImportFromPemFile(path);
            return certificates.Count > 0 ? certificates : throw new CryptographicException("holds no certificate");
        });
        X509Certificate2 certificate = Load(options.Certificate, "certificate", X509CertificateLoader.LoadCertificateFromFile);
        ClusterTls tls = new(Load(options.Key, "key", path => X509Certificate2.CreateFromPemFile(options.Certificate.Text, path)), authority);
        certificate.Dispose();
        if (tls.Refusal(tls.Certificate) is { } refusal) throw new OperatorException($"{options.Certificate.Origin}: cluster tls certificate {options.Certificate.Text}: {refusal} ({options.Authority.Text})");
        return tls;
    }

    private static T Load<T>(Setting file, string what, Func<string, T> load)
    {
        try
        {
            return File.Exists(file.Text) ? load(file.Text) : throw new OperatorException($"{file.Origin}: cluster tls {what} {file.Text}: no such file");
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new OperatorException($"{file.Origin}: cluster tls {what} {file.Text}: {e.Message.ReplaceLineEndings(" ")}");
        }
    }
}
