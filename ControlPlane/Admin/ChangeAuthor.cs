using System.Net;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace RustyRail.ControlPlane.Admin;

/// <summary>
/// Who asks for a change, for the history. Over the socket, which is root's, the command line says it; over TCP the host is the sender's address. It
/// proves nothing and permits nothing.
/// </summary>
internal static class ChangeAuthor
{
    public const string UserHeader = "RustyRail-User";
    public const string HostHeader = "RustyRail-Host";

    private const int MaxLength = 64;

    /// <summary>The person behind a sudo, where there is one.</summary>
    public static Author OfThisProcess()
    {
        string? behind = Environment.GetEnvironmentVariable("SUDO_USER");
        return new Author(Printable(string.IsNullOrEmpty(behind) ? Environment.UserName : behind), Printable(Environment.MachineName));
    }

    public static Author Of(HttpContext context)
    {
        IHeaderDictionary headers = context.Request.Headers;
        string user = Printable(headers[UserHeader].ToString());
        IPAddress? from = context.Connection.RemoteIpAddress;
        return new Author(user.Length > 0 ? user : "api", from is null ? Printable(headers[HostHeader].ToString()) : from.ToString());
    }

    // It ends up in other people's terminals.
    private static string Printable(string text) => string.Concat(text.Where(letter => letter is > ' ' and < '\u007f').Take(MaxLength));
}
