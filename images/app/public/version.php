<?php

require '/var/www/src/release.php';

$release = release();
unset($release['environment']);

header('Content-Type: application/json');
header('Cache-Control: no-store');
echo json_encode($release, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES);
