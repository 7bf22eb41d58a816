# A private authority and a certificate per node, as docs/operations/cluster.md describes them. Keys are EC P-256.

# make_authority FOLDER: authority.pem, and authority.key, which only makes certificates and belongs on no node
make_authority() {
  mkdir -p "$1"
  (
    umask 077
    openssl req -x509 -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=rustyrail authority" \
      -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign -keyout "$1/authority.key" -out "$1/authority.pem" 2>/dev/null
  )
}

# make_certificate FOLDER NODE: NODE.pem and NODE.key, from the authority in the same folder
make_certificate() {
  (
    umask 077
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$2" -keyout "$1/$2.key" 2>/dev/null |
      openssl x509 -req -CA "$1/authority.pem" -CAkey "$1/authority.key" -days 825 -out "$1/$2.pem" \
        -extfile <(printf 'basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\n') 2>/dev/null
  )
}
