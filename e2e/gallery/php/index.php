<?php error_log("somebody came"); ?>php <?= PHP_VERSION ?>
