<?php

require '/var/www/src/release.php';

// Escaped for HTML text and quoted attributes.
function text(string $value): string
{
    return htmlspecialchars($value, ENT_QUOTES | ENT_SUBSTITUTE | ENT_HTML5, 'UTF-8');
}

$release = release();
$colour = $release['colour'];
if (!preg_match('/^(#[0-9a-f]{3,8}|[a-z]+)$/iD', $colour)) {
    throw new DomainException("colour.php: \"$colour\" is neither a colour's name nor #rrggbb");
}
$facts = [
    'Environment' => $release['environment'] ?: 'none',
    'Version' => $release['commit'],
    'Task' => $release['task'],
    'Image' => $release['digest'] ?: 'not deployed by digest',
];
$icon = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'><circle cx='4' cy='4' r='4' fill='$colour'/></svg>";
$nonce = base64_encode(random_bytes(12));

header('Content-Type: text/html; charset=utf-8');
header('Cache-Control: no-store');
header('X-Content-Type-Options: nosniff');
header('Referrer-Policy: no-referrer');
header("Content-Security-Policy: default-src 'none'; style-src 'nonce-$nonce'; img-src data:; frame-ancestors 'none'");
?>
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="theme-color" content="<?= text($colour) ?>">
<link rel="icon" href="data:image/svg+xml,<?= rawurlencode($icon) ?>">
<title><?= text($colour) ?> · Slipway</title>
<style nonce="<?= $nonce ?>">
:root { --colour: <?= text($colour) ?>; }
<?php readfile('/var/www/src/page.css') ?>
</style>
<main>
    <p class="brand">Slipway</p>
    <h1><?= text($colour) ?></h1>
    <dl>
<?php foreach ($facts as $name => $value): ?>
        <div><dt><?= text($name) ?></dt><dd><?= text($value) ?></dd></div>
<?php endforeach ?>
    </dl>
</main>
